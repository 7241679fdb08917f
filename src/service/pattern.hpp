#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace re2 {
class RE2;
}

namespace runnel {

/// A regular expression of RE2, whose time is linear in the text: for texts of strangers. Copies
/// share it.
class Pattern {
public:
    /// Fails with ErrorClass::BadInput, saying what is wrong with \a text.
    [[nodiscard]] static Result<Pattern> parse(std::string_view text);

    /// As it was given.
    [[nodiscard]] const std::string& text() const noexcept;
    /// Whether it describes all of \a text.
    [[nodiscard]] bool matches(std::string_view text) const;
    /// What its first group is at the first place where it matches; without a group, all that
    /// matches. Nothing: it matches nowhere. A group that took no part is empty.
    [[nodiscard]] std::optional<std::string> find(std::string_view text) const;

private:
    explicit Pattern(std::shared_ptr<const re2::RE2> expression)
        : expression_(std::move(expression)) {}

    std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace runnel
