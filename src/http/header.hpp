#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace runnel::http {

/// A header of a request as one string, as libcurl takes it: `Name: value`; `Name;` is sent with an
/// empty value; `Name:` is not sent, and keeps out what would be sent under that name by default.
using Headers = std::vector<std::string>;

/// Whether \a text is a token (RFC 9110, section 5.6.2), as names of headers and methods must be.
[[nodiscard]] bool is_token(std::string_view text) noexcept;

/// \a text as the name of a header. Fails with ErrorClass::BadInput if it is no token.
[[nodiscard]] Result<std::string> parse_header_name(std::string_view text);
/// What a person writes for a header, in the three forms above, without the white space around name
/// and value. Fails with ErrorClass::BadInput, without showing the value.
[[nodiscard]] Result<std::string> parse_header(std::string_view text);
/// The header of a name and a value, which may be empty. Fails as parse_header().
[[nodiscard]] Result<std::string> make_header(std::string_view name, std::string_view value);

/// Everything in front of the colon, or of the semicolon of an empty one.
[[nodiscard]] std::string_view header_name(std::string_view header) noexcept;
/// Empty for `Name;` and `Name:`.
[[nodiscard]] std::string_view header_value(std::string_view header) noexcept;
/// Whether it is `Name:`, which is not sent.
[[nodiscard]] bool is_left_out(std::string_view header) noexcept;
/// Names are equal whatever their case.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b) noexcept;
/// Whether one of \a headers, in any of its forms, has this name.
[[nodiscard]] bool has_header(const Headers& headers, std::string_view name) noexcept;

/// Headers whose values are secrets: Authorization, Cookie, Proxy-Authorization. They are shown to
/// nobody, and sent to nobody but the origin that they were given for.
[[nodiscard]] bool is_credential(std::string_view name) noexcept;

}  // namespace runnel::http
