#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace runnel {

/// \a bytes in Base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// What \a text stands for. Strict, so that there is one text for the same bytes: no white space,
/// no other alphabet, padding where it belongs, and no bits set beyond the last byte. Nothing when
/// it is anything else.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace runnel
