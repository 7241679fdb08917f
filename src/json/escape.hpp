#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/utf8.hpp"

namespace runnel {

/// Appends \a text to \a out as one JSON string with its quotes. Always valid JSON and UTF-8:
/// control characters, quote and backslash are escaped, each ill-formed UTF-8 sequence becomes one
/// U+FFFD (as the WHATWG Encoding Standard counts them), everything else stays as it is.
void append_json_string(std::string& out, std::string_view text);

/// How many bytes at the front of \a text are printable ASCII that JSON needs no escape for.
[[nodiscard]] std::size_t plain_prefix(std::string_view text) noexcept;

/// Appends what stands between the quotes of a JSON string with its escapes undone. False, with
/// \a out as it was, when an escape is none or is half of a surrogate pair, which is no character.
[[nodiscard]] bool append_unescaped(std::string& out, std::string_view text);

}  // namespace runnel
