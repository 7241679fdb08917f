#pragma once

#include <sys/socket.h>

#include <string_view>

#include "http/ip_network.hpp"

namespace runnel::http {

/// Whether \a address belongs to one machine of the public internet, and not to this machine, a
/// private network, a group, or a purpose of its own. Decided by the special-purpose registries of
/// IANA (RFC 6890) and by RFC 4291: of IPv6 only 2000::/3 is unicast for everybody. Where both
/// leave a choice the answer is no. An address that carries an IPv4 one to which traffic goes in
/// the end (mapped, compatible, NAT64, 6to4) is judged by that one; Teredo is refused, because its
/// server and its client would both have to be judged.
[[nodiscard]] bool is_public(const IpAddress& address);

/// The same; false for every other family. \a address is the beginning of a whole sockaddr_in or
/// sockaddr_in6, as its family says.
[[nodiscard]] bool is_public(const sockaddr& address);

/// Whether \a text, as inet_pton() takes it, is a public address that a host may call its own. That
/// excludes, unlike above, IPv6 that only stands for an IPv4 address (mapped, compatible, NAT64).
[[nodiscard]] bool is_public_ip(std::string_view text);

}  // namespace runnel::http
