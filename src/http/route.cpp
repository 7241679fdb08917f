#include "http/route.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "http/ip_network.hpp"

namespace runnel::http {

namespace {

Error bad_rule(std::string_view text, std::string_view why) {
    return bad_input(fmt::format("\"{}\": {}", text, why));
}

/// Removes the next part and its colon from \a text and returns the part; nullopt without a colon.
/// Colons inside brackets are ignored.
std::optional<std::string_view> cut_part(std::string_view& text) {
    const std::size_t begin = text.starts_with('[') ? std::min(text.find(']'), text.size()) : 0;
    const std::size_t colon = text.find(':', begin);
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view part = text.substr(0, colon);
    text.remove_prefix(colon + 1);
    return part;
}

/// Returns \a text in the syntax of Url::host(), for comparison; nullopt if it is not a host.
std::optional<std::string> to_host(std::string_view text) {
    if (text.find_first_of("/?#@") != std::string_view::npos) {
        return std::nullopt;
    }
    const Result<Url> url = Url::parse(fmt::format("http://{}", text));
    return url ? std::optional(url->host()) : std::nullopt;
}

std::optional<std::uint16_t> to_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, port);
    const bool good = error == std::errc() && stopped == end && port != 0;
    return good ? std::optional(port) : std::nullopt;
}

/// Accepts an empty text.
std::optional<std::string> to_host_or_any(std::string_view text) {
    return text.empty() ? std::string() : to_host(text);
}

std::optional<std::uint16_t> to_port_or_any(std::string_view text) {
    return text.empty() ? std::optional<std::uint16_t>(0) : to_port(text);
}

}  // namespace

std::string to_string(const Endpoint& endpoint) {
    const bool ipv6 = endpoint.host.find(':') != std::string_view::npos;
    return ipv6 ? fmt::format("[{}]:{}", endpoint.host, endpoint.port)
                : fmt::format("{}:{}", endpoint.host, endpoint.port);
}

bool Route::is_forwarded() const noexcept {
    // With CURLOPT_CONNECT_TO libcurl uses a tunnel through every HTTP proxy.
    return proxy != nullptr && !tls && !diverted &&
           (proxy->scheme() == Proxy::Scheme::Http || proxy->scheme() == Proxy::Scheme::Https);
}

bool Route::in_clear() const noexcept {
    return !tls && (proxy == nullptr || proxy->scheme() != Proxy::Scheme::Https);
}

Endpoint Route::first_hop() const noexcept {
    return proxy != nullptr ? Endpoint{proxy->host(), proxy->port()} : target;
}

Endpoint Route::peer() const noexcept { return is_forwarded() ? first_hop() : target; }

Result<ConnectTo> ConnectTo::parse(std::string_view text) {
    constexpr std::string_view kSyntax = "use HOST1:PORT1:HOST2:PORT2, where each may be empty";
    std::string_view rest = text;
    const auto host1 = cut_part(rest);
    const auto port1 = host1 ? cut_part(rest) : std::nullopt;
    const auto host2 = port1 ? cut_part(rest) : std::nullopt;
    if (!host2) {
        return bad_rule(text, kSyntax);
    }
    const auto from_host = to_host_or_any(*host1);
    const auto from_port = to_port_or_any(*port1);
    const auto to_host = to_host_or_any(*host2);
    const auto to_port = to_port_or_any(rest);
    if (!from_host || !to_host) {
        return bad_rule(
            text, fmt::format("\"{}\" is not a host; {}", from_host ? *host2 : *host1, kSyntax));
    }
    if (!from_port || !to_port) {
        return bad_rule(
            text, fmt::format("\"{}\" is not a port; {}", from_port ? rest : *port1, kSyntax));
    }
    ConnectTo rule;
    rule.from_host_ = *from_host;
    rule.from_port_ = *from_port;
    rule.to_host_ = *to_host;
    rule.to_port_ = *to_port;
    return rule;
}

bool ConnectTo::matches(const Endpoint& given) const noexcept {
    return (from_host_.empty() || from_host_ == given.host) &&
           (from_port_ == 0 || from_port_ == given.port);
}

Endpoint ConnectTo::divert(const Endpoint& given) const noexcept {
    return Endpoint{to_host_.empty() ? given.host : std::string_view(to_host_),
                    to_port_ == 0 ? given.port : to_port_};
}

Result<PinnedAddresses> PinnedAddresses::parse(std::string_view text) {
    constexpr std::string_view kSyntax = "use HOST:PORT:ADDRESS[,ADDRESS]...";
    std::string_view rest = text.substr(text.starts_with('+') ? 1 : 0);
    const auto host = cut_part(rest);
    const auto port = host ? cut_part(rest) : std::nullopt;
    if (!port) {
        return bad_rule(text, kSyntax);
    }
    const auto wanted = *host == "*" ? std::optional<std::string>(*host) : to_host(*host);
    // CURLOPT_RESOLVE does not support an IPv6 address as the host.
    if (!wanted || wanted->find(':') != std::string::npos) {
        return bad_rule(text, fmt::format("\"{}\" is not a host name; {}", *host, kSyntax));
    }
    const auto number = to_port(*port);
    if (!number) {
        return bad_rule(text, fmt::format("\"{}\" is not a port; {}", *port, kSyntax));
    }
    std::vector<std::string> addresses;
    for (std::size_t end = 0; end != std::string_view::npos;) {
        end = rest.find(',');
        const std::string_view address = without_brackets(rest.substr(0, end));
        if (!IpAddress::parse(address)) {
            return bad_rule(text, fmt::format("\"{}\" is not an IP address; {}", address, kSyntax));
        }
        addresses.emplace_back(address);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    PinnedAddresses pin;
    pin.host_ = *wanted;
    pin.port_ = *number;
    pin.addresses_ = std::make_shared<const std::vector<std::string>>(std::move(addresses));
    return pin;
}

Route RouteRules::route_of(const Url& url) const {
    Route route;
    route.target = Endpoint{url.host(), url.port()};
    route.tls = url.is_https();
    if (everything_to != 0) {
        route.target = Endpoint{"127.0.0.1", everything_to};
        route.diverted = true;
        route.tls = false;
        return route;
    }
    if (!unix_socket.empty()) {
        route.unix_socket = true;
        return route;
    }
    route.proxy = proxies.for_url(url);
    const auto rule = std::ranges::find_if(
        connect_to, [&](const ConnectTo& each) { return each.matches(route.target); });
    if (rule != connect_to.end()) {
        const Endpoint target = rule->divert(route.target);
        route.diverted = target != route.target;
        route.target = target;
    }
    return route;
}

PinnedAddresses::List RouteRules::pinned_for(const Endpoint& endpoint) const {
    PinnedAddresses::List for_any;
    if (everything_to != 0) {
        return for_any;
    }
    for (auto pin = pinned.rbegin(); pin != pinned.rend(); ++pin) {
        if (!pin->matches(endpoint)) {
            continue;
        }
        if (!pin->is_for_any_host()) {
            return pin->addresses();
        }
        if (!for_any) {
            for_any = pin->addresses();
        }
    }
    return for_any;
}

}  // namespace runnel::http
