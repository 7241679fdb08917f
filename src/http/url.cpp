#include "http/url.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <memory>

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
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK) {
        return nullptr;
    }
    return CurlText(text);
}

std::string_view view(const CurlText& text) {
    return text ? std::string_view(text.get()) : std::string_view();
}

/// Handles are kept for the next URL: making one costs as much as parsing.
CURLU* scratch_handle() {
    thread_local const std::unique_ptr<CURLU, FreeUrl> handle(curl_url());
    return handle.get();
}

/// \a text as it may stand in a message.
std::string shown(std::string_view text) {
    constexpr std::size_t kShown = 200;
    std::string safe = without_userinfo(text);
    if (safe.size() > kShown) {
        safe.resize(kShown);
        safe += "...";
    }
    return safe;
}

Error bad(std::string_view text, std::string_view why, CURLcode code = CURLE_URL_MALFORMAT) {
    return Error(ErrorClass::BadInput, fmt::format("\"{}\": {}", shown(text), why), code);
}

/// Names are compared without regard to case; those that libcurl has converted are lower-case.
std::string lower_case(std::string_view name) {
    std::string lower(name);
    for (char& c : lower) {
        if (c >= 'A' && c <= 'Z') {
            c = static_cast<char>(c - 'A' + 'a');
        }
    }
    return lower;
}

bool has_control_or_space(std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7f) {
            return true;
        }
    }
    return false;
}

/// A `://` in a path or a query is another URL's.
bool has_scheme(std::string_view text) {
    const std::size_t colon = text.find_first_of(":/?#");
    return colon != std::string_view::npos && text.substr(colon, 3) == "://";
}

/// A name that could be a host: what people type when they forget the scheme.
bool looks_schemeless(std::string_view text) {
    return text.find_first_of(".:/") != std::string_view::npos && text.front() != '/' &&
           text.front() != '-';
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
    if (text.empty()) {
        return bad(text, "an empty line is no URL");
    }
    if (has_control_or_space(text)) {
        return bad(text, "a URL holds no spaces or control characters; percent-encode them");
    }
    if (!has_scheme(text)) {
        return bad(text, looks_schemeless(text) ? "no scheme; add https://" : "is not a URL");
    }
    CURLU* handle = scratch_handle();
    const std::string terminated(text);
    const CURLUcode code =
        curl_url_set(handle, CURLUPART_URL, terminated.c_str(), CURLU_NON_SUPPORT_SCHEME);
    if (code != CURLUE_OK) {
        return bad(text, curl_url_strerror(code));
    }
    const CurlText scheme = part(handle, CURLUPART_SCHEME);
    Url url;
    url.https_ = view(scheme) == "https";
    if (!url.https_ && view(scheme) != "http") {
        return bad(text, fmt::format("the scheme {} is not http or https", view(scheme)),
                   CURLE_UNSUPPORTED_PROTOCOL);
    }
    // libcurl takes one slash or three as well; then it is anybody's guess where the host begins.
    if (text.find(":///") == text.find(':')) {
        return bad(text, "no host name after the two slashes");
    }
    url.host_ = lower_case(view(part(handle, CURLUPART_HOST, CURLU_PUNYCODE)));
    if (url.host_.empty()) {
        return bad(text, "the host name cannot be used");
    }
    const CurlText port = part(handle, CURLUPART_PORT, CURLU_DEFAULT_PORT);
    url.port_ = static_cast<std::uint16_t>(std::stoul(std::string(view(port))));
    if (url.port_ == 0) {
        return bad(text, "nothing can listen on port 0");
    }
    url.origin_ = fmt::format("{}://{}:{}", view(scheme), url.host_, url.port_);
    if (url.host_.front() == '[') {
        url.host_ = url.host_.substr(1, url.host_.size() - 2);
    }
    url.text_ = terminated;
    return url;
}

Result<Url> Url::resolve(std::string_view reference) const {
    CURLU* handle = scratch_handle();
    if (curl_url_set(handle, CURLUPART_URL, text_.c_str(), 0) != CURLUE_OK) {
        return Error(ErrorClass::Internal, "a URL that was accepted is refused");
    }
    const CurlText user = part(handle, CURLUPART_USER);
    const CurlText password = part(handle, CURLUPART_PASSWORD);
    const std::string terminated(reference);
    const CURLUcode code = curl_url_set(handle, CURLUPART_URL, terminated.c_str(),
                                        CURLU_URLENCODE | CURLU_ALLOW_SPACE);
    if (code != CURLUE_OK) {
        const bool unsupported = code == CURLUE_UNSUPPORTED_SCHEME;
        return Error(
            ErrorClass::Redirect,
            fmt::format("redirected to \"{}\": {}", shown(reference), curl_url_strerror(code)),
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
        return parse(view(part(handle, CURLUPART_URL)));
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
    // Also of what is no good URL: the slashes may be too many, or missing with the scheme.
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
