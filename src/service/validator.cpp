#include "service/validator.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "http/address_guard.hpp"
#include "json/document.hpp"

namespace runnel {

namespace {

using Kind = Validator::Kind;

struct KindName {
    std::string_view text;
    Kind kind;
};

constexpr std::array kKinds = {KindName{"nonempty", Kind::NonEmpty},
                               KindName{"json", Kind::Json},
                               KindName{"ip", Kind::Ip},
                               KindName{"ipv4", Kind::Ipv4},
                               KindName{"ipv6", Kind::Ipv6},
                               KindName{"public-ip", Kind::PublicIp}};

Error unfit(std::string_view value, std::string_view what) {
    return Error(ErrorClass::Expect, fmt::format("\"{}\" {}", abbreviated(value), what));
}

/// Formats \a address as in RFC 5952.
std::string text_of(const http::IpAddress& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const std::span<const std::uint8_t> bytes = address.bytes();
    const int family = bytes.size() == sizeof(in_addr) ? AF_INET : AF_INET6;
    RUNNEL_ENSURE(inet_ntop(family, bytes.data(), text.data(), text.size()) != nullptr,
                  "an address has a text");
    return text.data();
}

Result<std::string> check_address(const std::string& value, Kind kind) {
    const std::optional<http::IpAddress> address = http::IpAddress::parse(value);
    if (!address) {
        return unfit(value, "is not an IP address");
    }
    const bool ipv4 = address->bytes().size() == sizeof(in_addr);
    if (kind == Kind::Ipv4 && !ipv4) {
        return unfit(value, "is not an IPv4 address");
    }
    if (kind == Kind::Ipv6 && ipv4) {
        return unfit(value, "is not an IPv6 address");
    }
    if (kind == Kind::PublicIp && !http::is_public_ip(value)) {
        return unfit(value, "is not a public address");
    }
    return text_of(*address);
}

}  // namespace

Result<Validator> Validator::parse(std::string_view text) {
    constexpr std::string_view kRegex = "regex:";
    if (text.starts_with(kRegex)) {
        Validator validator(Kind::Regex);
        RUNNEL_TRY_ASSIGN(validator.pattern_, Pattern::parse(text.substr(kRegex.size())));
        return validator;
    }
    for (const KindName& name : kKinds) {
        if (name.text == text) {
            return Validator(name.kind);
        }
    }
    return bad_input(
        fmt::format("\"{}\" is not a validator: use nonempty, json, ip, ipv4, ipv6, "
                    "public-ip or regex:RE",
                    text));
}

Result<std::string> Validator::check(std::string value) const {
    switch (kind_) {
        case Kind::NonEmpty:
            if (value.empty()) {
                return Error(ErrorClass::Expect, "the value is empty");
            }
            return value;
        case Kind::Json:
            if (const std::optional<JsonProblem> problem = find_json_problem(value)) {
                return unfit(value, fmt::format("is not JSON: {}", problem->reason));
            }
            return value;
        case Kind::Regex:
            if (!pattern_->matches(value)) {
                return unfit(value, "does not match " + pattern_->text());
            }
            return value;
        case Kind::Ip:
        case Kind::Ipv4:
        case Kind::Ipv6:
        case Kind::PublicIp: break;
    }
    return check_address(value, kind_);
}

}  // namespace runnel
