#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runnel::http {

/// An absolute http or https URL that libcurl accepts, taken apart as far as we need it.
class Url {
public:
    /// Fails with ErrorClass::BadInput, saying what is wrong and, where it can, what to do.
    [[nodiscard]] static Result<Url> parse(std::string_view text);
    /// Where \a reference (a Location header) leads from here, by RFC 3986. User name and password
    /// go along within the origin, as with curl. Fails with ErrorClass::Redirect.
    [[nodiscard]] Result<Url> resolve(std::string_view reference) const;

    /// As given.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] bool is_https() const noexcept { return https_; }
    /// For look-ups: ASCII (punycode), IPv6 without brackets.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// Scheme, host and port: what every rule "per host" means. Equal for equal origins.
    [[nodiscard]] const std::string& origin() const noexcept { return origin_; }
    /// For people: without user name and password.
    [[nodiscard]] std::string redacted() const;
    /// The text for asking the same of the same host without TLS; the port counts only for Host.
    [[nodiscard]] std::string in_clear() const;

private:
    Url() = default;

    std::string text_;
    std::string host_;
    std::string origin_;
    std::uint16_t port_ = 0;
    bool https_ = false;
};

/// What stands for a secret that is not shown.
inline constexpr std::string_view kHidden = "***";

/// \a text with `***` for a user name and password, for people. It need not be a good one.
[[nodiscard]] std::string without_userinfo(std::string_view text);

}  // namespace runnel::http
