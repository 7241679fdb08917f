#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "service/pattern.hpp"

namespace runnel {

/// A condition that a value must meet to be accepted. Addresses are those that inet_pton() accepts:
/// without octal and short forms, port and zone.
class Validator {
public:
    enum class Kind { NonEmpty, Json, Ip, Ipv4, Ipv6, PublicIp, Regex };

    /// Any kind except Regex.
    explicit Validator(Kind kind) noexcept : kind_(kind) {}
    /// Parses `nonempty`, `json`, `ip`, `ipv4`, `ipv6`, `public-ip` or `regex:RE`, which must match
    /// the whole value. Fails with ErrorClass::BadInput.
    [[nodiscard]] static Result<Validator> parse(std::string_view text);

    /// Returns \a value. An address is normalised (RFC 5952) so that equal addresses compare equal.
    /// `public-ip` uses http::is_public_ip(). Fails with ErrorClass::Expect.
    [[nodiscard]] Result<std::string> check(std::string value) const;

private:
    Kind kind_;
    std::optional<Pattern> pattern_;
};

}  // namespace runnel
