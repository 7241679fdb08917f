#include "json/pointer.hpp"

#include <charconv>
#include <system_error>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace runnel {
namespace {

Error bad_pointer(std::string_view text, std::string_view what_to_do) {
    return bad_input(fmt::format("\"{}\" is not a JSON Pointer: {}", text, what_to_do));
}

/// Returns \a token without its escapes, or nullopt if a `~` is not followed by 0 or 1.
std::optional<std::string> unescaped(std::string_view token) {
    std::string plain;
    for (std::size_t tilde = token.find('~'); tilde != std::string_view::npos;
         tilde = token.find('~')) {
        const char code = tilde + 1 < token.size() ? token[tilde + 1] : '\0';
        if (code != '0' && code != '1') {
            return std::nullopt;
        }
        plain.append(token.substr(0, tilde)) += code == '0' ? '~' : '/';
        token.remove_prefix(tilde + 2);
    }
    plain.append(token);
    return plain;
}

}  // namespace

Result<JsonPointer> JsonPointer::parse(std::string_view text) {
    if (!text.empty() && text.front() != '/') {
        return bad_pointer(text, "start it with /");
    }
    if (!is_valid_utf8(text)) {
        return bad_pointer(text, "write it in UTF-8");
    }
    std::vector<std::string> tokens;
    for (std::string_view rest = text; !rest.empty();) {
        rest.remove_prefix(1);
        const std::string_view token = rest.substr(0, rest.find('/'));
        std::optional<std::string> plain = unescaped(token);
        if (!plain) {
            return bad_pointer(text, "write ~ as ~0 and / as ~1");
        }
        tokens.push_back(std::move(*plain));
        rest.remove_prefix(token.size());
    }
    return JsonPointer(std::string(text), std::move(tokens));
}

std::optional<std::size_t> array_index(std::string_view token) noexcept {
    if (token.size() > 1 && token.front() == '0') {
        return std::nullopt;
    }
    std::size_t index = 0;
    const char* const end = token.data() + token.size();
    const auto [stop, problem] = std::from_chars(token.data(), end, index);
    if (problem != std::errc() || stop != end) {
        return std::nullopt;
    }
    return index;
}

}  // namespace runnel
