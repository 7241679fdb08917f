#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/proxy.hpp"
#include "http/url.hpp"

namespace runnel::http {

/// A host and a port, for look-ups and connections. The host is a name or an address in the syntax
/// of Url::host(). It is not owned.
struct Endpoint {
    std::string_view host;
    std::uint16_t port = 0;

    [[nodiscard]] bool operator==(const Endpoint& other) const = default;
};

/// `example.org:443`, `[::1]:80`.
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

/// Where the connection for a URL goes. Refers to the URL and to the RouteRules, which must outlive
/// it.
struct Route {
    /// The server, connected to directly or through the proxy.
    Endpoint target;
    bool diverted = false;         ///< The target differs from the URL.
    bool tls = false;              ///< To the target; independent of the proxy.
    const Proxy* proxy = nullptr;  ///< Null if not set.
    bool unix_socket = false;      ///< Connect to the socket of the rules instead.

    /// Whether the proxy reads the request and forwards it, as opposed to a tunnel.
    [[nodiscard]] bool is_forwarded() const noexcept;
    /// Whether HTTP is sent on our socket without encryption.
    [[nodiscard]] bool in_clear() const noexcept;
    /// Whether \a url, whose route this is, is https but the connection is without TLS.
    [[nodiscard]] bool strips_tls(const Url& url) const noexcept { return url.is_https() && !tls; }
    /// Whether the target must be resolved on this side.
    [[nodiscard]] bool needs_target_address() const noexcept {
        return !unix_socket && (proxy == nullptr || !proxy->resolves_names());
    }
    /// Returns the server that our socket is connected to. Meaningless with a Unix socket.
    [[nodiscard]] Endpoint first_hop() const noexcept;
    /// Returns the server that gets the request: connections are reused for the same peer.
    [[nodiscard]] Endpoint peer() const noexcept;
};

/// One `--connect-to HOST1:PORT1:HOST2:PORT2`: connects to the second instead of the first.
class ConnectTo {
public:
    /// Parts may be empty: any host, any port, the same host, the same port. IPv6 addresses are in
    /// brackets. Fails with ErrorClass::BadInput.
    [[nodiscard]] static Result<ConnectTo> parse(std::string_view text);

    [[nodiscard]] bool matches(const Endpoint& given) const noexcept;
    [[nodiscard]] Endpoint divert(const Endpoint& given) const noexcept;

private:
    ConnectTo() = default;

    std::string from_host_;
    std::uint16_t from_port_ = 0;
    std::string to_host_;
    std::uint16_t to_port_ = 0;
};

/// One `--resolve [+]HOST:PORT:ADDRESS[,ADDRESS]...`: fixed addresses for a name.
class PinnedAddresses {
public:
    using List = std::shared_ptr<const std::vector<std::string>>;

    /// HOST may be `*`, for every host; IPv6 addresses may be in brackets. A leading `+`, which in
    /// curl makes the entry expire, is ignored. Fails with ErrorClass::BadInput.
    [[nodiscard]] static Result<PinnedAddresses> parse(std::string_view text);

    [[nodiscard]] bool is_for_any_host() const noexcept { return host_ == "*"; }
    [[nodiscard]] bool matches(const Endpoint& given) const noexcept {
        return given.port == port_ && (is_for_any_host() || given.host == host_);
    }
    [[nodiscard]] const List& addresses() const noexcept { return addresses_; }

private:
    PinnedAddresses() = default;

    std::string host_;
    std::uint16_t port_ = 0;
    List addresses_;
};

/// The options for where connections go. By default they go to the host and port of the URL.
class RouteRules {
public:
    RouteRules() = default;

    ProxyRules proxies;
    std::vector<ConnectTo> connect_to;  ///< The first match applies, as in curl.
    /// The last match applies; a match of the host has precedence over `*`, as in curl.
    std::vector<PinnedAddresses> pinned;
    std::string unix_socket;  ///< Path, has precedence over proxies; may be empty.
    /// Port of 127.0.0.1 that all connections go to, without TLS, regardless of the other rules. 0
    /// means not set.
    std::uint16_t everything_to = 0;

    /// Returns the route of \a url, valid as long as this and \a url.
    [[nodiscard]] Route route_of(const Url& url) const;
    /// Returns the fixed addresses of \a endpoint; null if there are none.
    [[nodiscard]] PinnedAddresses::List pinned_for(const Endpoint& endpoint) const;
};

}  // namespace runnel::http
