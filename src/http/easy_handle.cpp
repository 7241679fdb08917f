#include "http/easy_handle.hpp"

#include <limits>

#include "base/ensure.hpp"

namespace runnel::http {

namespace {

/// libcurl's own default. With more, a read that is one system call larger gains nothing here, and
/// each handle costs that much memory.
constexpr long kReceiveBuffer = 16 * 1024;

}  // namespace

void* EasyHandle::owner_of(CURL* easy) {
    char* owner = nullptr;
    require_curl(curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner), "curl_easy_getinfo");
    return owner;
}

void EasyHandle::append(List& list, const std::string& text) {
    curl_slist* longer = curl_slist_append(list.get(), text.c_str());
    RUNNEL_ENSURE(longer != nullptr, "out of memory");
    static_cast<void>(list.release());
    list.reset(longer);
}

void EasyHandle::prepare(const Request& request, const std::string& resolved) {
    // A handle that has had a response is not safe for another: libcurl before 8.1 frees the
    // headers of the first and still appends to the last of them when the second begins with a
    // folded line.
    easy_.reset(curl_easy_init());
    RUNNEL_ENSURE(easy_ != nullptr, "curl_easy_init failed");
    configure(*request.policy);
    set_request(request);
    if (!resolved.empty()) {
        resolve_.reset();
        append(resolve_, resolved);
        set(CURLOPT_RESOLVE, resolve_.get());
    }
    detail_[0] = '\0';
}

/// Everything that is the same for all requests of a run.
void EasyHandle::configure(const Policy& policy) {
    set(CURLOPT_PRIVATE, callbacks_.self);
    set(CURLOPT_WRITEFUNCTION, callbacks_.on_body);
    set(CURLOPT_WRITEDATA, callbacks_.self);
    set(CURLOPT_HEADERFUNCTION, callbacks_.on_header);
    set(CURLOPT_HEADERDATA, callbacks_.self);
    set(CURLOPT_ERRORBUFFER, detail_.data());
    set(CURLOPT_NOSIGNAL, 1L);
    // Whatever thread libcurl may still have, a finished run does not wait for it.
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_BUFFERSIZE, kReceiveBuffer);
    // Time-outs are ours (see Transfer), so that time in which we hold back does not count.
    set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::numeric_limits<int>::max()));
    set(CURLOPT_PROXY, "");
    set(CURLOPT_USERAGENT, policy.user_agent.c_str());
    // Decoding is ours as well (see ContentDecoder): libcurl is only told not to be surprised.
    headers_.reset();
    if (policy.compressed) {
        append(headers_, "Accept-Encoding: gzip, deflate, br");
    }
    set(CURLOPT_HTTPHEADER, headers_.get());
}

void EasyHandle::set_request(const Request& request) {
    set(CURLOPT_URL, request.url.text().c_str());
    if (request.method == "HEAD") {
        set(CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET") {
        set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    if (!request.body.empty()) {
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
        set(CURLOPT_COPYPOSTFIELDS, request.body.data());
    }
    for (const std::string& header : request.headers) {
        append(headers_, header);
    }
    set(CURLOPT_HTTPHEADER, headers_.get());
}

}  // namespace runnel::http
