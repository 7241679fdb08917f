#include "http/easy_handle.hpp"

#include <algorithm>
#include <ctime>
#include <limits>

#include "base/out_of_memory.hpp"
#include "base/text.hpp"
#include "http/curl_features.hpp"

namespace runnel::http {

namespace {

/// Size of the receive buffer (bytes): libcurl's default. A larger one is not faster and costs
/// memory for each handle.
constexpr long kReceiveBuffer = 16 * 1024;

/// Request index of curl_easy_header() for the last request.
constexpr int kLastHop = -1;

}  // namespace

void* EasyHandle::owner_of(CURL* easy) {
    char* owner = nullptr;
    require_curl(curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner), "curl_easy_getinfo");
    return owner;
}

void EasyHandle::append(List& list, const std::string& text) {
    curl_slist* longer = curl_slist_append(list.get(), text.c_str());
    if (longer == nullptr) {
        out_of_memory();
    }
    static_cast<void>(list.release());
    list.reset(longer);
}

/// Does nothing if \a text is empty.
void EasyHandle::set_text(CURLoption option, const std::string& text) {
    if (!text.empty()) {
        set(option, text.c_str());
    }
}

void EasyHandle::prepare(const Request& request, const Route& route, const Resolved& resolved,
                         const CookieJar* cookies) {
    // A new handle each time, because libcurl before 8.1 has a use-after-free: it frees the headers
    // of the first response, and appends to the last of them if the second begins with a folded
    // line.
    easy_.reset(curl_easy_init());
    if (!easy_) {
        out_of_memory();
    }
    opener_.begin(resolved.addresses, request.policy->public_only);
    detail_[0] = '\0';
    configure(*request.policy);
    set_route(request.url, route);
    set_request(request);
    set_headers(request, cookies);
    set(CURLOPT_OPENSOCKETFUNCTION, &SocketOpener::open);
    set(CURLOPT_OPENSOCKETDATA, &opener_);
    if (!resolved.entries.empty()) {
        resolve_.reset();
        for (const std::string& entry : resolved.entries) {
            append(resolve_, entry);
        }
        set(CURLOPT_RESOLVE, resolve_.get());
    }
}

/// Sets the options that depend only on the policy and on this handle.
void EasyHandle::configure(const Policy& policy) {
    set_callbacks();
    set(CURLOPT_NOSIGNAL, 1L);
    // Do not let the cleanup of the handle wait for libcurl's resolver threads.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_BUFFERSIZE, kReceiveBuffer);
    // Transfer implements the timeouts, because libcurl's would count the time of a pause. 0 would
    // select libcurl's default connect timeout.
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::numeric_limits<int>::max()));
    set(CURLOPT_USERAGENT, policy.user_agent.c_str());
    set_connections(policy);
    set_tls(policy.tls);
}

void EasyHandle::set_callbacks() {
    set(CURLOPT_PRIVATE, callbacks_.self);
    set(CURLOPT_SOCKOPTFUNCTION, callbacks_.on_opened);
    set(CURLOPT_SOCKOPTDATA, callbacks_.self);
    set(CURLOPT_PREREQFUNCTION, callbacks_.on_connected);
    set(CURLOPT_PREREQDATA, callbacks_.self);
    set(CURLOPT_WRITEFUNCTION, callbacks_.on_body);
    set(CURLOPT_WRITEDATA, callbacks_.self);
    set(CURLOPT_HEADERFUNCTION, callbacks_.on_header);
    set(CURLOPT_HEADERDATA, callbacks_.self);
    set(CURLOPT_ERRORBUFFER, detail_.data());
}

void EasyHandle::set_connections(const Policy& policy) {
    const long version = policy.http2 ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
    set(CURLOPT_HTTP_VERSION, version);
    if (policy.http2 && has_independent_streams()) {
        set(CURLOPT_PIPEWAIT, 1L);
    }
    if (policy.probe) {
        set(CURLOPT_FRESH_CONNECT, 1L);
        set(CURLOPT_FORBID_REUSE, 1L);
    }
    if (policy.family != Family::Any) {
        const bool ipv6 = policy.family == Family::IPv6;
        const long family = ipv6 ? CURL_IPRESOLVE_V6 : CURL_IPRESOLVE_V4;
        set(CURLOPT_IPRESOLVE, family);
    }
    set_text(CURLOPT_UNIX_SOCKET_PATH, policy.routes.unix_socket);
}

void EasyHandle::choose(bool fresh, bool http1) {
    if (fresh) {
        set(CURLOPT_FRESH_CONNECT, 1L);
    }
    if (http1) {
        const long version = CURL_HTTP_VERSION_1_1;
        set(CURLOPT_HTTP_VERSION, version);
    }
}

void EasyHandle::set_tls(const Tls& tls) {
    if (!tls.verify) {
        set(CURLOPT_SSL_VERIFYPEER, 0L);
        set(CURLOPT_SSL_VERIFYHOST, 0L);
    }
    set_text(CURLOPT_CAINFO, tls.authorities);
    set_text(CURLOPT_SSLCERT, tls.certificate);
    set_text(CURLOPT_SSLKEY, tls.key);
    set_text(CURLOPT_KEYPASSWD, tls.key_password);
}

void EasyHandle::set_route(const Url& url, const Route& route) {
    if (route.strips_tls(url)) {
        set(CURLOPT_URL, url.in_clear().c_str());
    } else {
        set(CURLOPT_URL, url.text().c_str());
    }
    connect_to_.reset();
    if (route.diverted) {
        append(connect_to_, "::" + to_string(route.target));
        set(CURLOPT_CONNECT_TO, connect_to_.get());
    }
    // Always set, because libcurl reads the environment otherwise.
    set(CURLOPT_NOPROXY, "");
    if (route.proxy != nullptr) {
        set_proxy(*route.proxy);
        if (!route.is_forwarded()) {
            set_tunnel();
        }
    } else {
        set(CURLOPT_PROXY, "");
    }
}

void EasyHandle::set_proxy(const Proxy& proxy) {
    set(CURLOPT_PROXY, proxy.text().c_str());
    // Headers of the CONNECT response are not part of the response.
    set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    // User name and password only, without GSS-API.
    set(CURLOPT_SOCKS5_AUTH, CURLAUTH_BASIC);
}

void EasyHandle::set_tunnel() {
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, callbacks_.on_progress);
    set(CURLOPT_XFERINFODATA, callbacks_.self);
}

void EasyHandle::set_request(const Request& request) {
    if (request.encloses_body()) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_COPYPOSTFIELDS, request.body.data());
    }
    if (request.connect_only) {
        set(CURLOPT_CONNECT_ONLY, 1L);
    } else if (request.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET" || request.encloses_body()) {
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
}

void EasyHandle::set_headers(const Request& request, const CookieJar* cookies) {
    if (cookies != nullptr) {
        set(CURLOPT_SHARE, cookies->share());
        // Enables the cookie engine without a file.
        set(CURLOPT_COOKIEFILE, "");
    }
    // CURLOPT_ACCEPT_ENCODING is not set, because decoding is ours (see ContentDecoder).
    headers_.reset();
    std::string cookie;
    for (const std::string& header : request.headers_to_send()) {
        if (cookies != nullptr && equal_ignoring_case(header_name(header), "Cookie")) {
            cookie += (cookie.empty() ? "" : "; ") + std::string(header_value(header));
            continue;
        }
        append(headers_, header);
        if (equal_ignoring_case(header_name(header), "Connection") &&
            equal_ignoring_case(header_value(header), "close")) {
            set(CURLOPT_FORBID_REUSE, 1L);
        }
    }
    if (!cookie.empty()) {
        set(CURLOPT_COOKIE, cookie.c_str());  // libcurl adds the cookies of the jar
    }
    set(CURLOPT_HTTPHEADER, headers_.get());
}

std::optional<std::string> EasyHandle::header(const std::string& name) const {
    std::optional<std::string> values;
    curl_header* one = nullptr;
    for (std::size_t i = 0;
         curl_easy_header(get(), name.c_str(), i, CURLH_HEADER, kLastHop, &one) == CURLHE_OK; ++i) {
        values = values ? *values + ", " + one->value : std::string(one->value);
    }
    return values;
}

std::size_t EasyHandle::count(const char* header) const {
    curl_header* first = nullptr;
    const CURLHcode found = curl_easy_header(get(), header, 0, CURLH_HEADER, kLastHop, &first);
    return found == CURLHE_OK ? first->amount : 0;
}

Headers EasyHandle::headers() const {
    Headers all;
    curl_header* one = nullptr;
    while ((one = curl_easy_nextheader(get(), CURLH_HEADER, kLastHop, one)) != nullptr) {
        all.push_back(std::string(one->name) + ": " + one->value);
    }
    return all;
}

}  // namespace runnel::http
