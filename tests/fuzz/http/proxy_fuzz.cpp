// Proxies: what is accepted is read alike by libcurl and again by itself; no message has its
// password. The first line is the proxy, the second the value of no_proxy, the third a host.

#include "http/proxy.hpp"

#include "base/ensure.hpp"
#include "fuzz/fuzz_text.hpp"
#include "support/curl_url_parts.hpp"

namespace runnel::http {
namespace {

void check_accepted(const Proxy& proxy) {
    // libcurl reads the text as http, because its parser may not know the schemes of SOCKS.
    const std::string text = "http" + proxy.text().substr(proxy.text().find("://"));
    const std::optional<test::CurlUrlParts> curl = test::curl_url_parts(text);
    RUNNEL_ENSURE(curl && curl->host == proxy.host() && curl->port == std::to_string(proxy.port()),
                  "libcurl reads another proxy");
    const Result<Proxy> again = Proxy::parse(proxy.text(), "-x");
    RUNNEL_ENSURE(again && again->text() == proxy.text() && again->scheme() == proxy.scheme() &&
                      again->host() == proxy.host() && again->port() == proxy.port(),
                  "read again as another");
    const Result<Proxy> shown = Proxy::parse(proxy.redacted(), "-x");
    RUNNEL_ENSURE(shown && shown->host() == proxy.host() && shown->port() == proxy.port(),
                  "the redacted text is another proxy");
    const std::string hidden = "http" + proxy.redacted().substr(proxy.redacted().find("://"));
    const std::optional<test::CurlUrlParts> parts = test::curl_url_parts(hidden);
    RUNNEL_ENSURE(
        parts && parts->password.empty() && (parts->user.empty() || parts->user == kHidden),
        "the password is shown");
}

void check(std::string_view text) {
    const Result<Proxy> proxy = Proxy::parse(text, "-x");
    if (proxy) {
        check_accepted(*proxy);
        return;
    }
    RUNNEL_ENSURE(proxy.error().message().starts_with("-x: "), "the message has no source");
    const std::size_t secret = text.rfind(fuzz::kSecret);
    const std::size_t at = text.rfind('@');
    RUNNEL_ENSURE(secret == std::string_view::npos || at == std::string_view::npos || secret > at ||
                      !fuzz::contains(proxy.error().message(), fuzz::kSecret),
                  "a message with a password");
}

void check_no_proxy(std::string_view list, std::string_view host) {
    const bool covered = NoProxy(list).covers(host);
    const Result<Url> url = Url::parse("http://" + std::string(host) + "/");
    const bool has_name = host.find_first_not_of('.') != std::string_view::npos;
    if (!has_name || !url || url->host() != host) {
        return;  // not a host as Url returns it
    }
    RUNNEL_ENSURE(
        list == "*" || !covered || NoProxy("x.invalid, " + std::string(list)).covers(host),
        "one more item covers less");
    RUNNEL_ENSURE(NoProxy(std::string(list) + "," + std::string(host)).covers(host),
                  "a host does not cover itself");
}

}  // namespace
}  // namespace runnel::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = runnel::fuzz::as_text(data, size);
    runnel::http::check(runnel::fuzz::take_line(text));
    const std::string_view list = runnel::fuzz::take_line(text);
    runnel::http::check_no_proxy(list, runnel::fuzz::take_line(text));
    return 0;
}
