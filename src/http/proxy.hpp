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

/// A proxy as a user names it: `[scheme://][user[:password]@]host[:port][/]`.
class Proxy {
public:
    enum class Scheme { Http, Https, Socks4, Socks4a, Socks5, Socks5h };

    /// Without a scheme it is http; `socks` is socks4. Without a port it is 1080 as in curl, 443
    /// for https. Fails with ErrorClass::BadInput and a message that begins with \a source, the
    /// option or variable that \a text was found in, and shows no password.
    [[nodiscard]] static Result<Proxy> parse(std::string_view text, std::string_view source);

    [[nodiscard]] Scheme scheme() const noexcept { return scheme_; }
    /// For look-ups: ASCII (punycode), IPv6 without brackets.
    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// For CURLOPT_PROXY: with scheme and port, and with the password.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    /// For people: without user name and password.
    [[nodiscard]] std::string redacted() const;
    /// Whether the proxy looks the host of a URL up. To a socks4 and a socks5 proxy we have to give
    /// an address.
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

/// Which proxy a URL goes through, decided as curl does.
class ProxyRules {
public:
    /// The value of a variable, or nullptr; std::getenv is one.
    using Environment = std::function<const char*(const char* name)>;

    /// No proxies.
    ProxyRules() = default;

    /// \a option is the value of `-x`; without it the variables of \a environment say what to do:
    /// `http_proxy` or `https_proxy`, whichever is the scheme of the URL, else `all_proxy`. The
    /// names in upper case count too, where those in lower case are not set, but for `HTTP_PROXY`:
    /// in a CGI script the client chooses that one. Empty variables are not set; an empty \a option
    /// is no proxy at all. `no_proxy` (or `NO_PROXY`) holds with either. Fails like Proxy::parse().
    [[nodiscard]] static Result<ProxyRules> make(const std::optional<std::string>& option,
                                                 const Environment& environment);

    /// Null: directly. Lives as long as this does, and stays where it is.
    [[nodiscard]] const Proxy* for_url(const Url& url) const;

private:
    std::optional<Proxy> http_;
    std::optional<Proxy> https_;
    NoProxy direct_;
};

}  // namespace runnel::http
