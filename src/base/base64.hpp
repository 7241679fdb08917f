#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace runnel {

/// Encodes \a bytes in Base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string to_base64(std::string_view bytes);

/// Decodes \a text; returns nullopt if it is invalid. Strict, so that each byte sequence has
/// exactly one encoding: white space, the URL alphabet, wrong padding and bits set beyond the last
/// byte are refused.
[[nodiscard]] std::optional<std::string> from_base64(std::string_view text);

}  // namespace runnel
