// What a Transfer allows libcurl to send, and how it judges the end of its exchange.

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/system_error.hpp"
#include "http/curl_error.hpp"
#include "http/curl_features.hpp"
#include "http/multi.hpp"
#include "http/shortage.hpp"
#include "http/transfer.hpp"

namespace runnel::http {

namespace {

constexpr int kExpectationFailed = 417;

/// Returns the local port of \a socket in the form that libcurl passes: 0 for a Unix socket; -1 if
/// \a socket is not one.
int local_port_of(curl_socket_t socket) {
    sockaddr_storage address = {};
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (getsockname(socket, generic, &size) != 0) {
        return -1;
    }
    switch (address.ss_family) {
        case AF_INET: return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
        case AF_INET6: return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
        default: return 0;
    }
}

}  // namespace

/// libcurl opens a socket after the request was sent only to repeat the request.
int Transfer::on_opened(void* self, curl_socket_t socket, curlsocktype /*purpose*/) noexcept {
    auto* const transfer = static_cast<Transfer*>(self);
    if (transfer->sent_) {
        transfer->refuse_repeat();
        return CURL_SOCKOPT_ERROR;
    }
    transfer->opened_.push_back(socket);
    if (transfer->addresses().size() > 1) {
        transfer->changed_.set();
    }
    return CURL_SOCKOPT_OK;
}

int Transfer::on_connected(void* self, char* /*remote*/, char* /*local*/, int /*remote_port*/,
                           int local_port) noexcept {
    auto* const transfer = static_cast<Transfer*>(self);
    if (!transfer->may_send(local_port)) {
        return CURL_PREREQFUNC_ABORT;
    }
    if (transfer->listener_ != nullptr) {
        transfer->listener_->connected();
    }
    return CURL_PREREQFUNC_OK;
}

/// Decides whether libcurl may send a request now, on the connection from \a local_port. A kept
/// connection on which data has arrived is not used, because that data would be taken for the
/// response. libcurl checks this itself from 8.0 on, but it does not see data that is decrypted
/// already.
bool Transfer::may_send(int local_port) {
    if (sent_) {
        refuse_repeat();
        return false;
    }
    reused_ = easy_.info<long>(CURLINFO_NUM_CONNECTS) == 0;
    tls_ = TlsSession::of(easy_.get());
    if (tls_ && policy_->probe) {
        note_certificate();
    }
    if (!reused_) {
        const curl_socket_t socket = opened_from(local_port);
        if (socket != CURL_SOCKET_BAD) {
            multi_->connected(socket, local_port);
        }
    } else if (!over_http2()) {  // an HTTP/2 server may send frames at any time
        has_surplus_ = (tls_ && tls_->has_data()) || multi_->has_surplus(local_port);
    }
    sent_ = !has_surplus_;
    return sent_;
}

/// Keeps the first certificate to expire of all hops.
void Transfer::note_certificate() {
    std::optional<CertificateExpiry> found = tls_->first_to_expire();
    if (found && (!trace_->certificate || found->expires < trace_->certificate->expires)) {
        trace_->certificate = std::move(found);
    }
}

void Transfer::refuse_repeat() {
    if (!repeat_refused_) {
        repeat_refused_ = true;
        refusal_ = easy_.detail();
    }
}

/// Returns the socket that was opened for this transfer and is connected from \a local_port.
curl_socket_t Transfer::opened_from(int local_port) const {
    if (opened_.size() == 1) {
        return opened_.front();
    }
    const auto found = std::find_if(opened_.rbegin(), opened_.rend(), [local_port](auto socket) {
        return local_port_of(socket) == local_port;
    });
    return found != opened_.rend() ? *found : CURL_SOCKET_BAD;
}

Resend Transfer::resend() const {
    if (has_surplus_) {
        return Resend::Unsent;
    }
    if (!sent_ || header_bytes_ > 0 || answered_) {
        return Resend::No;
    }
    if (requires_http1()) {
        return Resend::OverHttp1;
    }
    return reused_ && ended_early_ ? Resend::Lost : Resend::No;
}

/// Whether \a code, before the first byte of the response, means that the connection ended.
bool Transfer::is_lost_connection(CURLcode code) const {
    switch (code) {
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR:
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE: return true;
        case CURLE_HTTP2_STREAM:
            // Otherwise the server has reset the stream.
            return std::string_view(easy_.detail()).ends_with("end of the underlying stream");
        default: return false;
    }
}

/// Returns the failure of an exchange that libcurl has ended with \a code, if it failed.
std::optional<Error> Transfer::judge(CURLcode code) const {
    // libcurl would repeat the request without its Expect header.
    const bool is_whole = repeat_refused_ && status_ == kExpectationFailed;
    if (code != CURLE_OK && !is_whole) {
        return to_error(code);
    }
    if (connect_only_) {
        return std::nullopt;
    }
    if (!answered_) {
        // libcurl 7.88 treats the end of the connection as the end of the headers.
        return Error(ErrorClass::Protocol, "the connection ended in the middle of the headers",
                     CURLE_WEIRD_SERVER_REPLY);
    }
    const std::string_view why = truncation();
    return why.empty() ? std::nullopt
                       : std::optional<Error>(std::in_place, ErrorClass::Truncated,
                                              std::string(why), CURLE_PARTIAL_FILE);
}

Error Transfer::to_error(CURLcode code) const {
    const std::string& refused = easy_.opener().refused();
    if (!refused.empty() && code == CURLE_COULDNT_CONNECT) {
        return Error(ErrorClass::Blocked, refused + " is not a public address", code);
    }
    if (easy_.opener().shortage() != 0 && code == CURLE_COULDNT_CONNECT) {
        return shortage(easy_.opener().shortage());
    }
    if (const std::string& path = policy_->routes.unix_socket;
        !path.empty() && code == CURLE_COULDNT_CONNECT) {
        // libcurl names the host and the port of the URL.
        const int problem = static_cast<int>(easy_.info<long>(CURLINFO_OS_ERRNO));
        const std::string why = problem != 0 ? ": " + system_message(problem) : "";
        return Error(ErrorClass::Connect, "cannot connect to the socket " + path + why, code);
    }
    if (repeat_refused_) {
        return refused_repeat();
    }
    if (has_surplus_) {
        return Error(ErrorClass::Connect, "the kept connection cannot be used", code);
    }
    Progress progress;
    progress.answered = answered_;
    progress.gone_away = stream_end_.gone_away || !stream_end_.opened;
    progress.proxy = unfinished_proxy();
    progress.detail = easy_.detail();
    return http::to_error(code, progress);
}

/// Returns why libcurl wanted to repeat the request, as the failure of the exchange.
Error Transfer::refused_repeat() const {
    if (answered_) {
        return Error(ErrorClass::Truncated,
                     refusal_.empty() ? "the connection ended within the response" : refusal_,
                     CURLE_PARTIAL_FILE);
    }
    if (requires_http1()) {
        return Error(ErrorClass::Connect,
                     "the server does not accept the request over HTTP/2: use --http1.1",
                     CURLE_HTTP2_STREAM);
    }
    return Error(ErrorClass::Connect,
                 reused_ ? "the kept connection ended before the response; the server may have "
                           "processed the request"
                         : "the server refused the request",
                 CURLE_RECV_ERROR);
}

/// Whether the server reset the HTTP/2 stream with HTTP_1_1_REQUIRED. Without a response libcurl
/// replaces its message about that by another one, which no other cause of a repetition has.
bool Transfer::requires_http1() const {
    return over_http2() && (refusal_ == "Empty reply from server" ||
                            refusal_.find("HTTP_1_1_REQUIRED") != std::string::npos);
}

/// Returns the proxy, or null if none is used or the connection to the target is established.
const Proxy* Transfer::unfinished_proxy() const {
    const bool tunnelled = easy_.info<long>(CURLINFO_HTTP_CONNECTCODE) / 100 == 2;
    return connected() || tunnelled ? nullptr : proxy_;
}

/// Returns why the body may be truncated although libcurl reported success; empty otherwise.
std::string_view Transfer::truncation() const {
    if (bodiless_ || status_ == 204 || status_ == 304) {
        return {};
    }
    if (policy_->http2 && easy_.info<long>(CURLINFO_HTTP_VERSION) == CURL_HTTP_VERSION_2_0) {
        return http2_truncation();
    }
    // Without TLS nothing tells the end of such a body from a cut.
    const bool is_cut = ends_with_connection() && tls_ && !tls_->was_closed();
    return is_cut ? "the TLS connection was cut within the body" : std::string_view();
}

/// Whether the end of the connection is the end of the body (RFC 9112, section 6.3).
bool Transfer::ends_with_connection() const {
    return !head_.chunked() && easy_.info<curl_off_t>(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T) < 0;
}

/// libcurl reports success for some HTTP/2 bodies that are truncated: 7.88 if the connection ends,
/// 8.14 as well if the server resets the stream with NO_ERROR.
std::string_view Transfer::http2_truncation() const {
    const auto announced = easy_.info<curl_off_t>(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
    if (announced >= 0) {
        const bool whole = easy_.info<curl_off_t>(CURLINFO_SIZE_DOWNLOAD_T) >= announced;
        return whole ? std::string_view() : "the body is shorter than its Content-Length";
    }
    if (stream_end_.followed) {
        return stream_end_.ended ? std::string_view() : "the server gave the response up";
    }
    // The end of the connection may be the end of the body or a failure, unless the coding of the
    // body has an end marker.
    if (head_.encoding().empty() && multi_->has_ended(socket_)) {
        return "the connection ended and the body has no announced length, so it may be truncated";
    }
    return {};
}

}  // namespace runnel::http
