#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "http/ip_network.hpp"

namespace runnel::http {

/// The hosts that are asked directly although there is a proxy: the value of `no_proxy`, read as
/// curl reads it.
///
/// Items stand apart by commas or blanks. A name covers itself and what is below it, without regard
/// to case, to one leading dot and to one trailing dot; ports do not count in a URL and are not
/// understood in an item. An address covers itself, however it is spelt; with a number of bits,
/// `192.168.0.0/16`, a network. A `*` alone covers everything, and nothing as one item of several.
/// An item that means none of that covers nothing.
///
/// Here what curl says it does is done, rather than what 7.88 does: it never finds an IPv6 network,
/// takes `/0` for `/32`, and does not know an IPv6 address in brackets.
class NoProxy {
public:
    /// Covers nothing.
    NoProxy() = default;
    explicit NoProxy(std::string_view list);

    /// \a host is a name or address as Url::host() gives it.
    [[nodiscard]] bool covers(std::string_view host) const;

private:
    void add(std::string_view item);

    bool everything_ = false;
    std::vector<std::string> domains_;  ///< Lower-case, without the dots around them.
    std::vector<IpNetwork> networks_;
};

}  // namespace runnel::http
