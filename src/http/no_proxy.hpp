#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/ip_network.hpp"

namespace runnel::http {

/// The hosts that are connected to without the proxy: the value of `no_proxy`, in curl's syntax.
///
/// Items are separated by commas or blanks. A name matches itself and its subdomains, ignoring
/// case, one leading dot and one trailing dot. The port of a URL is ignored; ports in items are not
/// supported. An address matches all its spellings; `192.168.0.0/16` matches a network. A `*`
/// matches every host if it is the only item, and no host otherwise. Invalid items match no host.
///
/// This follows curl's documentation. libcurl 7.88 deviates from it: it never matches an IPv6
/// network, reads `/0` as `/32`, and does not support IPv6 addresses in brackets.
class NoProxy {
public:
    /// Matches no host.
    NoProxy() = default;
    explicit NoProxy(std::string_view list);

    /// \a host is a name or address as returned by Url::host().
    [[nodiscard]] bool covers(std::string_view host) const;

private:
    void add(std::string_view item);

    bool everything_ = false;
    std::vector<std::string> domains_;  ///< Lower-case, without leading and trailing dots.
    std::vector<IpNetwork> networks_;
};

}  // namespace runnel::http
