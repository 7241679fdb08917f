#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "base/deadline.hpp"

namespace runnel {

// Functions for the text of protocols, command lines and messages. ASCII only; independent of the
// locale.

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

[[nodiscard]] constexpr bool is_hex_digit(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Returns whether \a c is a C0 control character, which includes line ends and tab, or DEL.
[[nodiscard]] constexpr bool is_ascii_control(char c) noexcept {
    return (c >= 0 && c < ' ') || c == '\x7f';
}

[[nodiscard]] constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string lower_case(std::string_view text) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
    return lower;
}

/// Compares names of hosts, headers and media types.
[[nodiscard]] inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char left, char right) { return to_lower(left) == to_lower(right); });
}

/// Removes leading and trailing characters that are in \a blanks.
[[nodiscard]] constexpr std::string_view trimmed(std::string_view text,
                                                 std::string_view blanks = " \t") noexcept {
    const std::size_t begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

/// Returns whether \a text is an HTTP token (RFC 9110, section 5.6.2), such as a method or a header
/// name.
[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
    const auto allowed = [](char c) {
        constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";
        return is_digit(c) || is_letter(c) || kMarks.find(c) != std::string_view::npos;
    };
    return !text.empty() && std::all_of(text.begin(), text.end(), allowed);
}

/// Removes the brackets of `[::1]`; returns other text unchanged.
[[nodiscard]] constexpr std::string_view without_brackets(std::string_view host) noexcept {
    const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    return bracketed ? host.substr(1, host.size() - 2) : host;
}

/// Removes a leading UTF-8 byte order mark.
[[nodiscard]] constexpr std::string_view without_byte_order_mark(std::string_view text) noexcept {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    text.remove_prefix(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    return text;
}

/// Returns the first \a most bytes of \a text, followed by "..." if there are more. For messages.
[[nodiscard]] inline std::string abbreviated(std::string_view text, std::size_t most = 60) {
    std::string shown(text.substr(0, most));
    return text.size() <= most ? shown : shown + "...";
}

[[nodiscard]] constexpr double to_seconds(Duration span) noexcept {
    return std::chrono::duration<double>(span).count();
}

}  // namespace runnel
