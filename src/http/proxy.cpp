#include "http/proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <utility>

#include "base/text.hpp"

namespace runnel::http {

namespace {

struct KnownScheme {
    std::string_view name;
    Proxy::Scheme scheme;
    std::uint16_t port;
};

constexpr std::array<KnownScheme, 7> kSchemes = {{
    {"http", Proxy::Scheme::Http, 1080},
    {"https", Proxy::Scheme::Https, 443},
    {"socks4", Proxy::Scheme::Socks4, 1080},
    {"socks4a", Proxy::Scheme::Socks4a, 1080},
    {"socks5", Proxy::Scheme::Socks5, 1080},
    {"socks5h", Proxy::Scheme::Socks5h, 1080},
    {"socks", Proxy::Scheme::Socks4, 1080},  // set by desktops in all_proxy
}};

/// The text of a proxy, split at `://`.
struct Parts {
    std::string scheme;
    std::string_view rest;
};

Parts split_scheme(std::string_view text) {
    const std::size_t end = text.find("://");
    const std::string_view scheme = text.substr(0, end);
    // A password that is not percent-encoded can contain `://`.
    const bool is_scheme =
        std::ranges::all_of(scheme, [](char c) { return is_letter(c) || is_digit(c); });
    if (end == std::string_view::npos || !is_scheme) {
        return Parts{"http", text};
    }
    return Parts{lower_case(scheme), text.substr(end + 3)};
}

/// Hides everything up to the last @, because it may contain a password.
std::string redacted_text(const Parts& parts) {
    const std::size_t at = parts.rest.rfind('@');
    const std::string_view end = at == std::string_view::npos ? parts.rest : parts.rest.substr(at);
    return fmt::format("{}://{}{}", parts.scheme, at == std::string_view::npos ? "" : "***", end);
}

/// Adds \a port to \a authority if it has none.
std::string with_port(std::string_view authority, std::uint16_t port) {
    const std::string_view host = authority.substr(authority.rfind('@') + 1);
    const std::size_t colon = host.find(':', host.rfind(']') + 1);
    if (colon == std::string_view::npos) {
        return fmt::format("{}:{}", authority, port);
    }
    const bool is_empty = colon + 1 == host.size();
    return is_empty ? fmt::format("{}{}", authority, port) : std::string(authority);
}

/// The name and value of a variable or option. An empty value means no proxy.
struct Setting {
    std::string name;
    std::string value;
};

/// Returns the first of \a names that is set and not empty.
Setting look_up(const ProxyRules::Environment& environment,
                std::initializer_list<const char*> names) {
    for (const char* name : names) {
        const char* value = environment(name);
        if (value != nullptr && *value != '\0') {
            return Setting{name, value};
        }
    }
    return Setting();
}

Result<std::optional<Proxy>> to_proxy(const Setting& setting) {
    if (setting.value.empty()) {
        return std::optional<Proxy>();
    }
    RUNNEL_TRY_ASSIGN(Proxy proxy, Proxy::parse(setting.value, setting.name));
    return std::optional<Proxy>(std::move(proxy));
}

}  // namespace

Result<Proxy> Proxy::parse(std::string_view text, std::string_view source) {
    const Parts parts = split_scheme(text);
    const auto known = std::ranges::find(kSchemes, parts.scheme, &KnownScheme::name);
    if (known == kSchemes.end()) {
        return bad_input(
            fmt::format("{}: \"{}\": unsupported proxy scheme: use http, https, socks4, "
                        "socks4a, socks5 or socks5h",
                        source, redacted_text(parts)));
    }
    const std::size_t end = std::min(parts.rest.find_first_of("/?#"), parts.rest.size());
    const std::string authority = with_port(parts.rest.substr(0, end), known->port);
    const std::string_view behind = parts.rest.substr(end);
    const Result<Url> address = Url::parse("http://" + authority);
    if (!address || !(behind.empty() || behind == "/")) {
        return bad_input(
            fmt::format("{}: \"{}\" is not a proxy: use [SCHEME://][USER:PASSWORD@]HOST"
                        "[:PORT], with special characters percent-encoded",
                        source, redacted_text(parts)));
    }
    const auto name = std::ranges::find(kSchemes, known->scheme, &KnownScheme::scheme)->name;
    return Proxy(known->scheme, *address, fmt::format("{}://{}", name, authority));
}

std::string Proxy::redacted() const { return without_userinfo(text_); }

Result<ProxyRules> ProxyRules::make(const std::optional<std::string>& option,
                                    const Environment& environment) {
    Setting http = look_up(environment, {"http_proxy", "all_proxy", "ALL_PROXY"});
    Setting https = look_up(environment, {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"});
    if (option) {
        http = https = Setting{"-x", *option};
    }
    ProxyRules rules;
    RUNNEL_TRY_ASSIGN(rules.http_, to_proxy(http));
    RUNNEL_TRY_ASSIGN(rules.https_, to_proxy(https));
    rules.direct_ = NoProxy(look_up(environment, {"no_proxy", "NO_PROXY"}).value);
    return rules;
}

const Proxy* ProxyRules::for_url(const Url& url) const {
    const std::optional<Proxy>& proxy = url.is_https() ? https_ : http_;
    return proxy && !direct_.covers(url.host()) ? &*proxy : nullptr;
}

}  // namespace runnel::http
