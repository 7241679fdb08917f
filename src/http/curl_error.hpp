#pragma once

#include <curl/curl.h>

#include <string_view>

#include "base/error.hpp"
#include "http/proxy.hpp"

namespace runnel::http {

/// The state of a transfer when it failed.
class Progress {
public:
    Progress() = default;

    bool answered = false;   ///< All response headers had arrived.
    bool gone_away = false;  ///< GOAWAY may have arrived, after which HTTP/2 requests fail.
    /// The proxy, until the connection to the target is established through it. Null if not set.
    const Proxy* proxy = nullptr;
    /// libcurl's message for the failure; may be empty.
    std::string_view detail;
};

/// Converts \a code, which is not CURLE_OK, to an error whose class is as documented in
/// docs/cli.md.
[[nodiscard]] Error to_error(CURLcode code, const Progress& progress);

/// Converts \a failure to ErrorClass::Proxy, with the URL of \a proxy in the message.
[[nodiscard]] Error proxy_error(const Proxy& proxy, const Error& failure);

/// Aborts the program unless \a code is CURLE_OK. For calls that fail only because of a bug.
void require_curl(CURLcode code, const char* call);
void require_curl(CURLMcode code, const char* call);

}  // namespace runnel::http
