#pragma once

#include <string_view>

namespace runnel {

/// \a text, which is UTF-8, without the byte order mark that some editors and servers put before
/// it.
[[nodiscard]] constexpr std::string_view without_byte_order_mark(std::string_view text) noexcept {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    text.remove_prefix(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0);
    return text;
}

}  // namespace runnel
