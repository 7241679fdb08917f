#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>

#include "base/text.hpp"

namespace runnel::test {

/// The parts of a URL as libcurl reads it. An absent part is empty.
struct CurlUrlParts {
    std::string scheme;
    std::string host;  ///< In lower-case ASCII; IPv6 without brackets.
    std::string port;
    std::string user;
    std::string password;

    friend bool operator==(const CurlUrlParts&, const CurlUrlParts&) = default;
};

/// Parses \a text with a handle of its own. Returns nullopt if libcurl refuses it.
inline std::optional<CurlUrlParts> curl_url_parts(const std::string& text) {
    const std::unique_ptr<CURLU, decltype(&::curl_url_cleanup)> url(::curl_url(),
                                                                    &::curl_url_cleanup);
    const auto part = [&url](CURLUPart which, unsigned flags) {
        char* value = nullptr;
        const CURLUcode code = ::curl_url_get(url.get(), which, &value, flags);
        // libcurl 7.88 also returns the host if it cannot convert it.
        const std::unique_ptr<char, decltype(&::curl_free)> owned(value, &::curl_free);
        return code == CURLUE_OK ? std::string(value) : std::string();
    };
    if (::curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) {
        return std::nullopt;
    }
    const std::string host = lower_case(part(CURLUPART_HOST, CURLU_PUNYCODE));
    return CurlUrlParts{part(CURLUPART_SCHEME, 0), std::string(without_brackets(host)),
                        part(CURLUPART_PORT, CURLU_DEFAULT_PORT), part(CURLUPART_USER, 0),
                        part(CURLUPART_PASSWORD, 0)};
}

}  // namespace runnel::test
