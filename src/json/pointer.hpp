#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// A place in a JSON document: RFC 6901, in its string representation (not as a URI fragment).
class JsonPointer {
public:
    /// Parses \a text: the empty string is the whole document, `/a/0` the first element of the
    /// member `a`; `~1` stands for `/` and `~0` for `~`. Fails with ErrorClass::BadInput; the
    /// message says how to correct it.
    [[nodiscard]] static Result<JsonPointer> parse(std::string_view text);

    /// Returns the pointer as written.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// Returns the unescaped tokens, outermost first; empty for the whole document.
    [[nodiscard]] const std::vector<std::string>& tokens() const noexcept { return tokens_; }

private:
    JsonPointer(std::string text, std::vector<std::string> tokens)
        : text_(std::move(text)), tokens_(std::move(tokens)) {}

    std::string text_;
    std::vector<std::string> tokens_;
};

/// Returns the array index that \a token stands for, from 0. Returns nullopt if it is not an index
/// (leading zeros are not allowed) and for `-`, which is the element after the last and never
/// exists.
[[nodiscard]] std::optional<std::size_t> array_index(std::string_view token) noexcept;

}  // namespace runnel
