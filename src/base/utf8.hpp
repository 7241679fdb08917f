#pragma once

#include <cstddef>
#include <string_view>

namespace runnel {

/// A piece at the front of a text: one character in UTF-8, or bytes that are not.
struct Utf8Sequence {
    std::size_t length = 0;  ///< In bytes.
    bool valid = false;
};

/// Returns the sequence at the front of \a text, which must begin with a byte of 0x80 or above: a
/// whole character, or the longest ill-formed piece that could have begun one (Unicode, table 3-7).
[[nodiscard]] Utf8Sequence leading_utf8_sequence(std::string_view text) noexcept;

/// Returns the number of bytes at the front of \a text that are well-formed UTF-8.
[[nodiscard]] std::size_t valid_utf8_prefix(std::string_view text) noexcept;

[[nodiscard]] bool is_valid_utf8(std::string_view text) noexcept;

}  // namespace runnel
