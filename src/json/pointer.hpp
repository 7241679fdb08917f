#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// A place in a JSON document: RFC 6901, as a string (not as a URI fragment).
class JsonPointer {
public:
    /// `` is the whole document, `/a/0` the first element of the member `a`; `~1` stands for `/`
    /// and `~0` for `~`. Fails with ErrorClass::BadInput, saying what to write instead.
    [[nodiscard]] static Result<JsonPointer> parse(std::string_view text);

    /// As given.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// From the outermost in, unescaped. None: the whole document.
    [[nodiscard]] const std::vector<std::string>& tokens() const noexcept { return tokens_; }

private:
    JsonPointer(std::string text, std::vector<std::string> tokens)
        : text_(std::move(text)), tokens_(std::move(tokens)) {}

    std::string text_;
    std::vector<std::string> tokens_;
};

/// Which element of an array \a token means, from 0. None for what is no index, leading zeros
/// included, and for `-`: that is the element after the last, which never exists.
[[nodiscard]] std::optional<std::size_t> array_index(std::string_view token) noexcept;

}  // namespace runnel
