// URLs: agreement with libcurl, independence of the order, and secrets. The first line is a URL
// that is parsed before, the second the URL, the rest a reference to resolve against it.

#include "http/url.hpp"

#include <algorithm>
#include <clocale>
#include <optional>
#include <string>

#include "base/ensure.hpp"
#include "fuzz/fuzz_text.hpp"
#include "support/curl_url_parts.hpp"

namespace runnel::http {
namespace {

bool same(const Result<Url>& a, const Result<Url>& b) {
    if (!a || !b) {
        return !a && !b && a.error().message() == b.error().message();
    }
    return a->text() == b->text() && a->origin() == b->origin() && a->host() == b->host() &&
           a->port() == b->port() && a->is_https() == b->is_https();
}

void check_parts(const Url& url, const test::CurlUrlParts& curl) {
    RUNNEL_ENSURE(curl.scheme == (url.is_https() ? "https" : "http"), "another scheme");
    RUNNEL_ENSURE(curl.host == url.host(), "another host");
    RUNNEL_ENSURE(curl.port == std::to_string(url.port()), "another port");
    RUNNEL_ENSURE(std::ranges::all_of(url.host(), [](char c) { return c > ' ' && c <= '~'; }),
                  "the host is not ASCII");
    const Result<Url> origin = Url::parse(url.origin());
    RUNNEL_ENSURE(origin && origin->origin() == url.origin(), "the origin is not a URL");
}

/// \a curl: the parts of \a url.
void check_secrets(const Url& url, const test::CurlUrlParts& curl) {
    const std::string redacted = url.redacted();
    const std::optional<test::CurlUrlParts> shown = test::curl_url_parts(redacted);
    RUNNEL_ENSURE(shown && shown->host == curl.host && shown->port == curl.port,
                  "the redacted URL is for another server");
    RUNNEL_ENSURE(shown->password.empty(), "the password is shown");
    RUNNEL_ENSURE(shown->user.empty() || shown->user == kHidden, "the user name is shown");
    RUNNEL_ENSURE(without_userinfo(redacted) == redacted, "redacted twice");
}

void check_clear(const Url& url) {
    const Result<Url> clear = Url::parse(url.in_clear());
    RUNNEL_ENSURE(clear && !clear->is_https() && clear->host() == url.host(),
                  "in_clear() is for another server");
}

/// A URL with a secret between its scheme and the first slash, as in `http://user:S3CRET@host`.
bool has_secret_as_password(std::string_view text) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        const std::string_view rest = text.substr(std::min(scheme.size(), text.size()));
        const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
        const std::size_t at = authority.rfind('@');
        if (text.starts_with(scheme) && at != std::string_view::npos) {
            return fuzz::contains(authority.substr(0, at), fuzz::kSecret) &&
                   !fuzz::contains(rest.substr(at), fuzz::kSecret);
        }
    }
    return false;
}

void check_redirect(const Url& base, std::string_view reference) {
    const Result<Url> target = base.resolve(reference);
    if (!target) {
        RUNNEL_ENSURE(target.error().error_class() == ErrorClass::Redirect, "another class");
        return;
    }
    RUNNEL_ENSURE(same(target, Url::parse(target->text())), "the target is not a URL");
    if (target->origin() != base.origin() && reference.find('@') == std::string_view::npos) {
        RUNNEL_ENSURE(target->redacted() == target->text(), "user name sent to another origin");
    }
}

void check(std::string_view before, const std::string& text, std::string_view reference) {
    static_cast<void>(Url::parse(before));
    const Result<Url> url = Url::parse(text);
    static_cast<void>(Url::parse("https://user@other.test:1/x?y#z"));
    RUNNEL_ENSURE(same(url, Url::parse(text)), "depends on the URL before");
    if (!url) {
        RUNNEL_ENSURE(url.error().error_class() == ErrorClass::BadInput, "another class");
        RUNNEL_ENSURE(
            !has_secret_as_password(text) || !fuzz::contains(url.error().message(), fuzz::kSecret),
            "a message with a secret");
        return;
    }
    const std::optional<test::CurlUrlParts> curl = test::curl_url_parts(text);
    RUNNEL_ENSURE(curl.has_value(), "libcurl refuses it");
    RUNNEL_ENSURE(url->text() == text, "another text");
    check_parts(*url, *curl);
    check_secrets(*url, *curl);
    check_clear(*url);
    check_redirect(*url, reference);
}

}  // namespace
}  // namespace runnel::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    // libcurl expects names in the character set of the locale.
    static const bool utf8 = std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;
    RUNNEL_ENSURE(utf8, "the locale C.UTF-8 is missing");
    std::string_view text = runnel::fuzz::as_text(data, size);
    const std::string_view before = runnel::fuzz::take_line(text);
    const std::string url(runnel::fuzz::take_line(text));
    runnel::http::check(before, url, text);
    return 0;
}
