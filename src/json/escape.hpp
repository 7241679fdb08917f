#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/utf8.hpp"

namespace runnel {

/// Appends \a text to \a out as a JSON string with its quotes. The result is always valid JSON and
/// UTF-8: control characters, quotes and backslashes are escaped, and each ill-formed UTF-8
/// sequence becomes one U+FFFD (counted as in the WHATWG Encoding Standard). Other text is copied.
void append_json_string(std::string& out, std::string_view text);

/// Returns how many bytes at the front of \a text are printable ASCII that needs no escape in JSON.
[[nodiscard]] std::size_t plain_prefix(std::string_view text) noexcept;

/// Appends \a text, the content of a JSON string, with its escapes replaced. Returns false and
/// leaves \a out unchanged if an escape is invalid or is an unpaired surrogate.
[[nodiscard]] bool append_unescaped(std::string& out, std::string_view text);

}  // namespace runnel
