#pragma once

#include <algorithm>
#include <string_view>

namespace runnel {

// Characters of protocols, whatever the locale says.

[[nodiscard]] constexpr char ascii_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// Names of hosts and headers are the same in either case.
[[nodiscard]] inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char left, char right) {
        return ascii_lower(left) == ascii_lower(right);
    });
}

/// Includes the line ends.
[[nodiscard]] constexpr bool is_ascii_control(char c) noexcept {
    return (c >= 0 && c < ' ') || c == '\x7f';
}

}  // namespace runnel
