#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runnel::http {

/// Maximum of a URL (bytes).
inline constexpr std::size_t kMaxUrl = std::size_t{300} << 10;

/// An absolute http or https URL that libcurl accepts, with the parts that are used here.
class Url {
public:
    /// Fails with ErrorClass::BadInput, also if the host has characters beyond ASCII that all stand
    /// for ASCII, such as `①`.
    [[nodiscard]] static Result<Url> parse(std::string_view text);
    /// Resolves \a reference (a Location header) against this, by RFC 3986. User name and password
    /// are kept within the origin, as in curl. Fails with ErrorClass::Redirect.
    [[nodiscard]] Result<Url> resolve(std::string_view reference) const;

    /// As given.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool is_https() const noexcept { return https_; }
    /// In ASCII (punycode); IPv6 without brackets.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// Scheme, host and port. Limits "per host" apply to origins.
    [[nodiscard]] const std::string& origin() const noexcept { return origin_; }
    /// For messages: user name and password are hidden.
    [[nodiscard]] std::string redacted() const;
    /// The same URL with the scheme http. The port is only used for the Host header.
    [[nodiscard]] std::string in_clear() const;

private:
    Url() = default;

    std::string text_;
    std::string host_;
    std::string origin_;
    std::uint16_t port_ = 0;
    bool https_ = false;
};

/// Replaces a secret in messages.
inline constexpr std::string_view kHidden = "***";

/// Replaces user name and password in \a text, which may be an invalid URL, by kHidden.
[[nodiscard]] std::string without_userinfo(std::string_view text);

}  // namespace runnel::http
