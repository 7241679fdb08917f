#include "service/pattern.hpp"

#include <re2/re2.h>

#include <fmt/format.h>

#include <array>
#include <utility>

namespace runnel {

namespace {

re2::StringPiece piece_of(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Result<Pattern> Pattern::parse(std::string_view text) {
    auto expression = std::make_shared<const re2::RE2>(piece_of(text), re2::RE2::Quiet);
    if (!expression->ok()) {
        return bad_input(
            fmt::format("\"{}\" is not an RE2 regular expression: {}", text, expression->error()));
    }
    return Pattern(std::move(expression));
}

const std::string& Pattern::text() const noexcept { return expression_->pattern(); }

bool Pattern::matches(std::string_view text) const {
    return re2::RE2::FullMatch(piece_of(text), *expression_);
}

std::optional<std::string> Pattern::find(std::string_view text) const {
    std::array<re2::StringPiece, 2> groups;
    const int wanted = expression_->NumberOfCapturingGroups() > 0 ? 1 : 0;
    if (!expression_->Match(piece_of(text), 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                            wanted + 1)) {
        return std::nullopt;
    }
    const re2::StringPiece& found = groups[static_cast<std::size_t>(wanted)];
    return std::string(found.data(), found.size());
}

}  // namespace runnel
