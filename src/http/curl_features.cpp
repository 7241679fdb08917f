#include "http/curl_features.hpp"

#include <curl/curl.h>

namespace runnel::http {

bool has_http2() {
    return (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2) != 0;
}

bool has_independent_streams() {
    return curl_version_info(CURLVERSION_NOW)->version_num >= 0x080100;
}

bool has_pausing_callback() { return curl_version_info(CURLVERSION_NOW)->version_num >= 0x080700; }

}  // namespace runnel::http
