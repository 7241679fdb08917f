#pragma once

#include <curl/curl.h>

#include <string_view>

#include "base/error.hpp"
#include "http/proxy.hpp"

namespace runnel::http {

/// How far a transfer had come when it failed.
class Progress {
public:
    Progress() = default;

    bool answered = false;  ///< All response headers had come.
    /// The proxy it was to go through, as long as that had not done its part; else null.
    const Proxy* proxy = nullptr;
    /// libcurl's own words for the failure; may be empty.
    std::string_view detail;
};

/// The class of the contract's table for a transfer that ended with \a code, which is not CURLE_OK.
[[nodiscard]] Error to_error(CURLcode code, const Progress& progress);

/// \a failure of a connection through \a proxy, as one of the proxy's.
[[nodiscard]] Error proxy_error(const Proxy& proxy, const Error& failure);

/// Stops the program unless \a code is CURLE_OK: for calls that fail only through a bug.
void require_curl(CURLcode code, const char* call);
void require_curl(CURLMcode code, const char* call);

}  // namespace runnel::http
