#include "service/validator.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "http/address_guard.hpp"
#include "json/value.hpp"

namespace runnel {

namespace {

using Kind = Validator::Kind;

struct Name {
    std::string_view text;
    Kind kind;
};

constexpr std::array kNames = {
    Name{"nonempty", Kind::NonEmpty}, Name{"json", Kind::Json}, Name{"ip", Kind::Ip},
    Name{"ipv4", Kind::Ipv4},         Name{"ipv6", Kind::Ipv6}, Name{"public-ip", Kind::PublicIp}};

Error unfit(std::string_view value, std::string_view what) {
    return Error(ErrorClass::Expect, fmt::format("\"{}\" is {}", abbreviated(value), what));
}

/// In the usual way of writing it.
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
        return unfit(value, "no IP address");
    }
    const bool ipv4 = address->bytes().size() == sizeof(in_addr);
    if (kind == Kind::Ipv4 && !ipv4) {
        return unfit(value, "no IPv4 address");
    }
    if (kind == Kind::Ipv6 && ipv4) {
        return unfit(value, "no IPv6 address");
    }
    if (kind == Kind::PublicIp && !http::is_public_ip(value)) {
        return unfit(value, "no public address");
    }
    return text_of(*address);
}

}  // namespace

Result<Validator> Validator::parse(std::string_view text) {
    constexpr std::string_view kRegex = "regex:";
    if (text.starts_with(kRegex)) {
        Result<Pattern> pattern = Pattern::parse(text.substr(kRegex.size()));
        if (!pattern) {
            return std::move(pattern).error();
        }
        Validator validator(Kind::Regex);
        validator.pattern_ = *std::move(pattern);
        return validator;
    }
    for (const Name& name : kNames) {
        if (name.text == text) {
            return Validator(name.kind);
        }
    }
    return Error(ErrorClass::BadInput,
                 fmt::format("\"{}\" is unknown; there are nonempty, json, ip, ipv4, ipv6, "
                             "public-ip and regex:RE",
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
                return unfit(value, fmt::format("no JSON: {}", problem->reason));
            }
            return value;
        case Kind::Regex:
            if (!pattern_->matches(value)) {
                return unfit(value, "not what --valid describes");
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
