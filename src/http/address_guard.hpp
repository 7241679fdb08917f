#pragma once

#include <sys/socket.h>

#include <string_view>

#include "http/ip_network.hpp"

namespace runnel::http {

/// Whether \a address is a unicast address of the public internet, as opposed to loopback, private,
/// multicast and special-purpose addresses. Follows the special-purpose registries of IANA (RFC
/// 6890) and RFC 4291: of IPv6 only 2000::/3 is global unicast. Returns false where they leave a
/// choice. An address that embeds an IPv4 address (mapped, compatible, NAT64, 6to4) is judged by
/// that one. Teredo is refused, because the addresses of both its server and its client would have
/// to be judged.
[[nodiscard]] bool is_public(const IpAddress& address);

/// The same for a sockaddr_in or sockaddr_in6; false for other families.
[[nodiscard]] bool is_public(const sockaddr& address);

/// Whether \a text, in the syntax of inet_pton(), is a public address that a host can have. Unlike
/// is_public(), this excludes IPv6 addresses that represent an IPv4 one (mapped, compatible,
/// NAT64).
[[nodiscard]] bool is_public_ip(std::string_view text);

}  // namespace runnel::http
