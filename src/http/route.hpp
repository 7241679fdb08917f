#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/proxy.hpp"
#include "http/url.hpp"

namespace runnel::http {

/// A host and a port, for look-ups and connections. The host is a name or an address as Url::host()
/// gives it, and lies in something that lives longer.
struct Endpoint {
    std::string_view host;
    std::uint16_t port = 0;

    [[nodiscard]] bool operator==(const Endpoint& other) const = default;
};

/// `example.org:443`, `[::1]:80`.
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

/// Where the connection for one URL goes. Refers to the URL and to the rules it was made from.
struct Route {
    /// What answers. Connected to directly, or named to the proxy.
    Endpoint target;
    bool diverted = false;         ///< The target is not the host and port of the URL.
    bool tls = false;              ///< With the target, that is; a proxy has its own.
    const Proxy* proxy = nullptr;  ///< Null: none.
    bool unix_socket = false;      ///< Instead of all of that.

    /// Whether the proxy reads the request and sends one of its own, instead of passing bytes on.
    [[nodiscard]] bool is_forwarded() const noexcept;
    /// Whether nothing on the way hides the bytes of HTTP from who looks at our socket.
    [[nodiscard]] bool in_clear() const noexcept;
    /// Whether \a url, whose route this is, asks for TLS in vain.
    [[nodiscard]] bool strips_tls(const Url& url) const noexcept { return url.is_https() && !tls; }
    /// Whether somebody on this side has to know an address of the target.
    [[nodiscard]] bool needs_target_address() const noexcept {
        return !unix_socket && (proxy == nullptr || !proxy->resolves_names());
    }
    /// Who is asked: connections can be used again for requests with the same one.
    [[nodiscard]] Endpoint peer() const noexcept;
};

/// One `--connect-to HOST1:PORT1:HOST2:PORT2`: what would go to the first goes to the second.
class ConnectTo {
public:
    /// Any part may be empty: any host, any port, the same host, the same port. IPv6 addresses
    /// stand in brackets. Fails with ErrorClass::BadInput.
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

/// One `--resolve [+]HOST:PORT:ADDRESS[,ADDRESS]...`: addresses given instead of looked up.
class PinnedAddresses {
public:
    using List = std::shared_ptr<const std::vector<std::string>>;

    /// HOST may be `*`, for every host; an IPv6 address may stand in brackets. A `+` in front means
    /// to curl that the entry grows old, which no run is long enough for. Fails with
    /// ErrorClass::BadInput.
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

/// What a user says about where connections go. Without any of it they go where the URL says.
class RouteRules {
public:
    RouteRules() = default;

    ProxyRules proxies;
    std::vector<ConnectTo> connect_to;  ///< The first that matches counts, as in curl.
    /// The last that matches counts, and one for the host itself before one for any, as in curl.
    std::vector<PinnedAddresses> pinned;
    std::string unix_socket;  ///< Its path; wins over proxies. Empty: none.
    /// A port of 127.0.0.1: everything goes there in clear, https too, whatever the other rules
    /// say. Zero: none.
    std::uint16_t everything_to = 0;

    /// Valid as long as this and \a url are.
    [[nodiscard]] Route route_of(const Url& url) const;
    /// The addresses that were given for \a endpoint; null when it has to be looked up.
    [[nodiscard]] PinnedAddresses::List pinned_for(const Endpoint& endpoint) const;
};

}  // namespace runnel::http
