#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/no_proxy.hpp"
#include "http/url.hpp"

namespace runnel::http {

/// A proxy, parsed from `[scheme://][user[:password]@]host[:port][/]`.
class Proxy {
public:
    enum class Scheme { Http, Https, Socks4, Socks4a, Socks5, Socks5h };

    /// The default scheme is http; `socks` means socks4. The default port is 1080 as in curl, and
    /// 443 for https. Fails with ErrorClass::BadInput; the message begins with \a source, the
    /// option or variable that contains \a text, and does not contain the password.
    [[nodiscard]] static Result<Proxy> parse(std::string_view text, std::string_view source);

    [[nodiscard]] Scheme scheme() const noexcept { return scheme_; }
    /// In ASCII (punycode); IPv6 without brackets.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// The value for CURLOPT_PROXY: with scheme, port and password.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// For messages: user name and password are hidden.
    [[nodiscard]] std::string redacted() const;
    /// Whether the proxy resolves the host of a URL. A socks4 or socks5 proxy needs an address.
    [[nodiscard]] bool resolves_names() const noexcept {
        return scheme_ != Scheme::Socks4 && scheme_ != Scheme::Socks5;
    }

private:
    Proxy(Scheme scheme, const Url& address, std::string text)
        : scheme_(scheme), host_(address.host()), port_(address.port()), text_(std::move(text)) {}

    Scheme scheme_;
    std::string host_;
    std::uint16_t port_;
    std::string text_;
};

/// Selects the proxy for a URL by the rules of curl.
class ProxyRules {
public:
    /// Returns the value of a variable, or nullptr, like std::getenv.
    using Environment = std::function<const char*(const char* name)>;

    /// No proxies.
    ProxyRules() = default;

    /// \a option is the value of `-x`; an empty value means no proxy. Without it the variables of
    /// \a environment apply: `http_proxy` or `https_proxy`, by the scheme of the URL, then
    /// `all_proxy`. Upper-case names are used if the lower-case variable is not set, except
    /// `HTTP_PROXY`, which in a CGI script is set by the client. Empty variables are ignored.
    /// `no_proxy` (or `NO_PROXY`) applies in both cases. Fails like Proxy::parse().
    [[nodiscard]] static Result<ProxyRules> make(const std::optional<std::string>& option,
                                                 const Environment& environment);

    /// Returns the proxy for \a url, or null for a direct connection. Valid as long as this.
    [[nodiscard]] const Proxy* for_url(const Url& url) const;

private:
    std::optional<Proxy> http_;
    std::optional<Proxy> https_;
    NoProxy direct_;
};

}  // namespace runnel::http
