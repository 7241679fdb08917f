#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace runnel::http {

/// Request headers in the syntax of CURLOPT_HTTPHEADER: `Name: value`; `Name;` is sent with an
/// empty value; `Name:` is not sent and suppresses the default header of that name.
using Headers = std::vector<std::string>;

/// Returns \a text. Fails with ErrorClass::BadInput unless it is a valid header name.
[[nodiscard]] Result<std::string> parse_header_name(std::string_view text);
/// Parses a header in one of the three forms above and trims the value. Fails with
/// ErrorClass::BadInput; the message does not contain the value.
[[nodiscard]] Result<std::string> parse_header(std::string_view text);
/// Makes a header of a name and a value, which may be empty. Fails as parse_header().
[[nodiscard]] Result<std::string> make_header(std::string_view name, std::string_view value);

/// Returns the text before the colon or semicolon.
[[nodiscard]] std::string_view header_name(std::string_view header) noexcept;
/// Returns the value; empty for `Name;` and `Name:`.
[[nodiscard]] std::string_view header_value(std::string_view header) noexcept;
/// Whether \a header is `Name:`, which is not sent.
[[nodiscard]] bool is_left_out(std::string_view header) noexcept;
/// Whether one of \a headers, in any form, has this name.
[[nodiscard]] bool has_header(const Headers& headers, std::string_view name) noexcept;

/// Whether the value of header \a name is a secret: Authorization, Cookie and Proxy-Authorization.
/// It is never shown, and sent only to the origin that it was given for.
[[nodiscard]] bool is_credential(std::string_view name) noexcept;

}  // namespace runnel::http
