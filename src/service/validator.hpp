#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "service/pattern.hpp"

namespace runnel {

/// What a value must be to count as an answer. Addresses are what inet_pton() takes, and nothing
/// else: no octal or short forms, no port, no zone.
class Validator {
public:
    enum class Kind { NonEmpty, Json, Ip, Ipv4, Ipv6, PublicIp, Regex };

    /// Any but Regex.
    explicit Validator(Kind kind) noexcept : kind_(kind) {}
    /// `nonempty`, `json`, `ip`, `ipv4`, `ipv6`, `public-ip` or `regex:RE`, which has to match all
    /// of the value. Fails with ErrorClass::BadInput.
    [[nodiscard]] static Result<Validator> parse(std::string_view text);

    /// \a value, an address as it is usually written (RFC 5952), so that equal ones are equal
    /// texts. Fails with ErrorClass::Expect. `public-ip` is what http::is_public_ip() says.
    [[nodiscard]] Result<std::string> check(std::string value) const;

private:
    Kind kind_;
    std::optional<Pattern> pattern_;
};

}  // namespace runnel
