#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "base/deadline.hpp"

namespace runnel::http {

/// What was seen on the wire for one input, whether it ended well or not. The caller makes it, the
/// client and its decorators fill it in as they go, and it is complete once the body has been read
/// to its end, has failed or was dropped.
class Trace {
public:
    using Time = std::optional<std::chrono::microseconds>;

    Trace() = default;

    TimePoint started;  ///< Of this attempt; all times count from here.
    unsigned attempts = 0;
    unsigned redirects = 0;

    int status = 0;            ///< 0: no response.
    std::string http_version;  ///< "1.1", empty without a response.
    std::string content_type;
    std::string effective_url;        ///< The URL that was asked last, without a password.
    std::uint64_t size_download = 0;  ///< Body bytes on the wire, of the last hop.
    std::uint64_t size_header = 0;    ///< Of all hops.
    std::string remote_ip;
    std::uint16_t remote_port = 0;
    std::optional<int> curl_code;

    // Cumulative, as in curl; our own name look-up counts as curl's would.
    Time namelookup;
    Time connect;
    Time appconnect;
    Time pretransfer;
    Time starttransfer;
    Time redirect;
    Time total;
};

}  // namespace runnel::http
