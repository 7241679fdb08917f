#include "http/address_guard.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <optional>

#include "base/ensure.hpp"

namespace runnel::http {

namespace {

IpNetwork network(std::string_view text) {
    const std::optional<IpNetwork> parsed = IpNetwork::parse(text);
    RUNNEL_ENSURE(parsed.has_value(), "a network in the tables cannot be parsed");
    return *parsed;
}

/// IPv4 networks that are not public. All others are.
const auto& special_ipv4() {
    static const std::array networks = {
        network("0.0.0.0/8"),        // this host, RFC 1122
        network("10.0.0.0/8"),       // private, RFC 1918
        network("100.64.0.0/10"),    // shared between provider and customers, RFC 6598
        network("127.0.0.0/8"),      // loopback, RFC 1122
        network("169.254.0.0/16"),   // link-local, RFC 3927; cloud metadata services
        network("172.16.0.0/12"),    // private, RFC 1918
        network("192.0.0.0/24"),     // protocol assignments, RFC 6890
        network("192.0.2.0/24"),     // documentation, RFC 5737
        network("192.88.99.0/24"),   // formerly 6to4 relays, RFC 7526
        network("192.168.0.0/16"),   // private, RFC 1918
        network("198.18.0.0/15"),    // benchmarks, RFC 2544
        network("198.51.100.0/24"),  // documentation, RFC 5737
        network("203.0.113.0/24"),   // documentation, RFC 5737
        network("224.0.0.0/4"),      // multicast, RFC 5771
        network("240.0.0.0/4"),      // reserved, RFC 1112, and broadcast
    };
    return networks;
}

/// Global unicast, RFC 4291 2.4 and IANA's table of address space.
const IpNetwork& global_ipv6() {
    static const IpNetwork global = network("2000::/3");
    return global;
}

/// Networks within global_ipv6() that are not public.
const auto& special_ipv6() {
    static const std::array networks = {
        network("2001::/23"),      // protocol assignments, RFC 2928; Teredo, RFC 4380
        network("2001:db8::/32"),  // documentation, RFC 3849
        network("3fff::/20"),      // documentation, RFC 9637
    };
    return networks;
}

/// An IPv6 network whose addresses embed an IPv4 address.
struct Embedding {
    IpNetwork network;
    std::size_t begin;  ///< Index of the first byte of the IPv4 address.
};

/// `::` and `::1` count as IPv4-compatible: 0.0.0.0 and 0.0.0.1.
const auto& embeddings() {
    static const std::array networks = {
        Embedding{network("::/96"), 12},          // compatible, RFC 4291 2.5.5.1
        Embedding{network("::ffff:0:0/96"), 12},  // mapped, RFC 4291 2.5.5.2
        Embedding{network("64:ff9b::/96"), 12},   // NAT64, RFC 6052
        Embedding{network("2002::/16"), 2},       // 6to4, RFC 3056
    };
    return networks;
}

std::optional<IpAddress> embedded_ipv4(const IpAddress& address) {
    for (const Embedding& embedding : embeddings()) {
        if (embedding.network.contains(address)) {
            in_addr ipv4 = {};
            std::memcpy(&ipv4, &address.bytes()[embedding.begin], sizeof ipv4);
            return ipv4;
        }
    }
    return std::nullopt;
}

template <class Networks>
bool any_contains(const Networks& networks, const IpAddress& address) {
    return std::ranges::any_of(networks,
                               [&](const IpNetwork& each) { return each.contains(address); });
}

}  // namespace

bool is_public(const IpAddress& address) {
    if (address.is_ipv4()) {
        return !any_contains(special_ipv4(), address);
    }
    if (const std::optional<IpAddress> ipv4 = embedded_ipv4(address)) {
        return !any_contains(special_ipv4(), *ipv4);
    }
    return global_ipv6().contains(address) && !any_contains(special_ipv6(), address);
}

bool is_public(const sockaddr& address) {
    const std::optional<IpAddress> ip = IpAddress::of(address);
    return ip && is_public(*ip);
}

bool is_public_ip(std::string_view text) {
    const std::optional<IpAddress> address = IpAddress::parse(text);
    return address && is_public(*address) &&
           (address->is_ipv4() || global_ipv6().contains(*address));
}

}  // namespace runnel::http
