// How a Transfer fills in its Trace with libcurl's measurements.

#include <algorithm>
#include <chrono>

#include "http/transfer.hpp"

namespace runnel::http {

namespace {

/// As curl's %{http_version}, which is `1` for HTTP/1.0.
const char* version_name(long version) {
    switch (version) {
        case CURL_HTTP_VERSION_1_0: return "1";
        case CURL_HTTP_VERSION_1_1: return "1.1";
        case CURL_HTTP_VERSION_2_0: return "2";
        case CURL_HTTP_VERSION_3: return "3";
        default: return "";
    }
}

std::chrono::microseconds in_microseconds(Duration span) {
    return std::chrono::duration_cast<std::chrono::microseconds>(span);
}

}  // namespace

Duration Transfer::first_byte() const {
    return std::chrono::microseconds(easy_.info<curl_off_t>(CURLINFO_STARTTRANSFER_TIME_T) -
                                     easy_.info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T));
}

std::size_t Transfer::cookies_set() const {
    return answered_ ? easy_.count("Set-Cookie") : CookieJar::kMaxPerResponse;
}

std::string Transfer::effective_url() const {
    std::string url = without_userinfo(easy_.info<char*>(CURLINFO_EFFECTIVE_URL));
    return stripped_ ? url.replace(0, url.find(':'), "https") : url;
}

void Transfer::fill_trace() {
    drop_listener();
    const auto since = [&](TimePoint begin, CURLINFO which) -> Trace::Time {
        const auto value = easy_.info<curl_off_t>(which);
        if (value <= 0) {
            return std::nullopt;
        }
        return in_microseconds(begin - trace_->started) + std::chrono::microseconds(value);
    };
    const auto time = [&](CURLINFO which) { return since(began_, which); };
    // The handle may have begun again with another address, after the look-up.
    trace_->namelookup = since(prepared_, CURLINFO_NAMELOOKUP_TIME_T);
    trace_->connect = time(CURLINFO_CONNECT_TIME_T);
    trace_->appconnect = time(CURLINFO_APPCONNECT_TIME_T);
    trace_->pretransfer = time(CURLINFO_PRETRANSFER_TIME_T);
    trace_->starttransfer = time(CURLINFO_STARTTRANSFER_TIME_T);
    trace_->total = in_microseconds(scheduler_.now() - trace_->started);
    trace_->size_download =
        static_cast<std::uint64_t>(easy_.info<curl_off_t>(CURLINFO_SIZE_DOWNLOAD_T));
    trace_->size_header =
        earlier_headers_ + static_cast<std::uint64_t>(easy_.info<long>(CURLINFO_HEADER_SIZE));
    trace_->effective_url = effective_url();
    trace_->remote_ip = easy_.info<char*>(CURLINFO_PRIMARY_IP);
    // -1 with libcurl 8 if there was no connection.
    const long port = easy_.info<long>(CURLINFO_PRIMARY_PORT);
    trace_->remote_port = static_cast<std::uint16_t>(std::max(port, 0L));
    trace_->http_version = answered_ ? version_name(easy_.info<long>(CURLINFO_HTTP_VERSION)) : "";
    trace_->curl_code = error_ ? error_->code() : 0;
    const char* content_type = easy_.info<char*>(CURLINFO_CONTENT_TYPE);
    trace_->content_type = content_type != nullptr ? content_type : "";
}

}  // namespace runnel::http
