#include "http/url.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/out_of_memory.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"

namespace runnel::http {

namespace {

struct FreeUrl {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
};
struct FreeText {
    void operator()(char* text) const noexcept { curl_free(text); }
};
using CurlText = std::unique_ptr<char, FreeText>;

CurlText part(CURLU* url, CURLUPart which, unsigned flags = 0) {
    char* text = nullptr;
    const CURLUcode code = curl_url_get(url, which, &text, flags);
    CurlText owned(text);  // libcurl 7.88 also returns the host if it cannot convert it
    return code == CURLUE_OK ? std::move(owned) : nullptr;
}

std::string_view view(const CurlText& text) {
    return text ? std::string_view(text.get()) : std::string_view();
}

using Handle = std::unique_ptr<CURLU, FreeUrl>;

/// Returns a new handle. None is reused, because libcurl resolves a text that it does not take for
/// absolute, such as `<http://host/>`, against the URL that the handle has.
Handle new_handle() {
    Handle handle(curl_url());
    if (!handle) {
        out_of_memory();
    }
    return handle;
}

/// Returns \a text for a message: without secrets and abbreviated.
std::string quotable(std::string_view text) { return abbreviated(without_userinfo(text), 200); }

Error bad_url(std::string_view text, std::string_view why, CURLcode code = CURLE_URL_MALFORMAT) {
    return bad_input(fmt::format("\"{}\": {}", quotable(text), why), code);
}

bool is_control_or_space(char c) { return c == ' ' || is_ascii_control(c); }

/// Ignores a `://` in a path or a query.
bool has_scheme(std::string_view text) {
    const std::size_t colon = text.find_first_of(":/?#");
    return colon != std::string_view::npos && text.substr(colon, 3) == "://";
}

/// Whether \a text looks like a URL without its scheme.
bool looks_schemeless(std::string_view text) {
    return text.find_first_of(".:/") != std::string_view::npos && text.front() != '/' &&
           text.front() != '-';
}

bool is_ascii(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

/// Whether one of the names of \a host is the ASCII form of an international one.
bool has_punycode(std::string_view host) {
    return host.starts_with("xn--") || host.find(".xn--") != std::string_view::npos;
}

/// Returns the host of \a handle in ASCII and lower case, with the brackets of IPv6.
///
/// The conversion (IDNA, UTS 46) replaces look-alikes of ASCII and removes invisible characters:
/// `①②⑦.⓪.⓪.①` becomes 127.0.0.1. A host that this turns into plain ASCII is refused, because its
/// text does not show the real host.
Result<std::string> ascii_host(CURLU* handle, std::string_view text) {
    // The conversion of a name that is not UTF-8 leaks memory in libcurl 7.88.
    if (!is_valid_utf8(view(part(handle, CURLUPART_HOST)))) {
        return bad_url(text, "the host name is not UTF-8");
    }
    std::string host = lower_case(view(part(handle, CURLUPART_HOST, CURLU_PUNYCODE)));
    if (host.empty()) {
        return bad_url(text, "invalid host name");
    }
    if (!is_ascii(view(part(handle, CURLUPART_HOST))) && !has_punycode(host)) {
        return bad_url(text, fmt::format("the host stands for {}: write that", host));
    }
    return host;
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
    if (text.empty()) {
        return bad_url(text, "an empty line is not a URL");
    }
    if (text.size() > kMaxUrl) {
        return bad_url(text, fmt::format("longer than {} bytes", kMaxUrl));
    }
    if (std::ranges::any_of(text, is_control_or_space)) {
        return bad_url(text,
                       "a URL cannot contain spaces or control characters: percent-encode them");
    }
    if (!has_scheme(text)) {
        return bad_url(text, looks_schemeless(text) ? "no scheme: add https://" : "not a URL");
    }
    const Handle owned = new_handle();
    CURLU* const handle = owned.get();
    const std::string terminated(text);
    const CURLUcode code =
        curl_url_set(handle, CURLUPART_URL, terminated.c_str(), CURLU_NON_SUPPORT_SCHEME);
    if (code == CURLUE_OUT_OF_MEMORY) {
        out_of_memory();
    }
    if (code != CURLUE_OK) {
        return bad_url(text, curl_url_strerror(code));
    }
    const CurlText scheme = part(handle, CURLUPART_SCHEME);
    Url url;
    url.https_ = view(scheme) == "https";
    if (!url.https_ && view(scheme) != "http") {
        return bad_url(text, fmt::format("the scheme {} is not http or https", view(scheme)),
                       CURLE_UNSUPPORTED_PROTOCOL);
    }
    // libcurl also accepts one slash or three, where the begin of the host is ambiguous.
    if (text.find(":///") == text.find(':')) {
        return bad_url(text, "no host name after \"//\"");
    }
    RUNNEL_TRY_ASSIGN(url.host_, ascii_host(handle, text));
    const CurlText port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    url.port_ = static_cast<std::uint16_t>(std::stoul(std::string(view(port))));
    if (url.port_ == 0) {
        return bad_url(text, "port 0 cannot be used");
    }
    url.origin_ = fmt::format("{}://{}:{}", view(scheme), url.host_, url.port_);
    url.host_ = without_brackets(url.host_);
    url.text_ = terminated;
    return url;
}

Result<Url> Url::resolve(std::string_view reference) const {
    const Handle owned = new_handle();
    CURLU* const handle = owned.get();
    if (curl_url_set(handle, CURLUPART_URL, text_.c_str(), 0) != CURLUE_OK) {
        return Error(ErrorClass::Internal, "cannot parse a URL again");
    }
    const CurlText user = part(handle, CURLUPART_USER);
    const CurlText password = part(handle, CURLUPART_PASSWORD);
    const std::string terminated(reference);
    // libcurl 8 escapes control characters, and 7.88 refuses them.
    const bool has_control = std::any_of(reference.begin(), reference.end(),
                                         [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    const CURLUcode code = has_control ? CURLUE_MALFORMED_INPUT
                                       : curl_url_set(handle, CURLUPART_URL, terminated.c_str(),
                                                      CURLU_URLENCODE | CURLU_ALLOW_SPACE);
    if (code != CURLUE_OK) {
        const bool unsupported = code == CURLUE_UNSUPPORTED_SCHEME;
        return Error(
            ErrorClass::Redirect,
            fmt::format("redirected to \"{}\": {}", quotable(reference), curl_url_strerror(code)),
            unsupported ? CURLE_UNSUPPORTED_PROTOCOL : CURLE_URL_MALFORMAT);
    }
    const CurlText absolute = part(handle, CURLUPART_URL, CURLU_URLENCODE);
    Result<Url> target = parse(view(absolute));
    if (!target) {
        return Error(ErrorClass::Redirect, "redirected to " + target.error().message(),
                     target.error().code());
    }
    if (user && target->origin_ == origin_ && !part(handle, CURLUPART_USER)) {
        curl_url_set(handle, CURLUPART_USER, user.get(), 0);
        curl_url_set(handle, CURLUPART_PASSWORD, password.get(), 0);
        return parse(view(part(handle, CURLUPART_URL, CURLU_URLENCODE)));
    }
    return target;
}

std::string Url::in_clear() const {
    constexpr std::string_view kDefaultPort = ":443";
    std::string clear = text_;
    const std::size_t end =
        std::min(text_.find_first_of("/?#", text_.find("://") + 3), text_.size());
    if (std::string_view(text_).substr(0, end).ends_with(kDefaultPort)) {
        clear.erase(end - kDefaultPort.size(), kDefaultPort.size());
    }
    return "http" + clear.substr(clear.find("://"));
}

std::string Url::redacted() const { return without_userinfo(text_); }

std::string without_userinfo(std::string_view text) {
    // Must work for invalid URLs: there may be too many slashes, or no scheme and slashes.
    const std::size_t slash = text.find('/');
    const std::size_t colon = text.find(':');
    const bool has_scheme =
        text.substr(0, 2) == "//" || (colon != std::string_view::npos && slash == colon + 1);
    const std::size_t begin =
        has_scheme ? std::min(text.find_first_not_of('/', slash), text.size()) : 0;
    const std::string_view authority = text.substr(begin, text.find_first_of("/?#", begin) - begin);
    const std::size_t at = authority.rfind('@');
    if (at == std::string_view::npos) {
        return std::string(text);
    }
    return fmt::format("{}{}{}", text.substr(0, begin), kHidden, text.substr(begin + at));
}

}  // namespace runnel::http
