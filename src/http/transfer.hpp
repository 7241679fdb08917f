#pragma once

#include <curl/curl.h>

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "async/event.hpp"
#include "base/result.hpp"
#include "http/curl_features.hpp"
#include "http/easy_handle.hpp"
#include "http/request.hpp"
#include "http/response_head.hpp"
#include "http/send_options.hpp"
#include "http/stream_ends.hpp"
#include "http/tls_session.hpp"
#include "http/trace.hpp"

namespace runnel::http {

class Multi;

/// Restrictions on the connection of an exchange.
class ConnectionChoice {
public:
    ConnectionChoice() = default;

    bool fresh = false;  ///< Open a new connection.
    bool http1 = false;  ///< Do not offer HTTP/2.
};

/// Whether a failed exchange may be sent again, because its connection caused the failure.
enum class Resend {
    No,
    Unsent,     ///< The kept connection could not be used. Nothing was sent.
    Lost,       ///< The request was sent, and the kept connection ended before the response.
    OverHttp1,  ///< The server does not accept the request over HTTP/2.
};

/// An HTTP exchange on a libcurl easy handle. Each exchange uses a new handle; the object is reused
/// by CurlClient's pool.
///
/// libcurl's callbacks resume no task: they record body bytes and headers, and set changed(), on
/// which the reader waits. Multi reports the end by finished(), after libcurl has returned.
///
/// One exchange sends at most one request. libcurl repeats requests by itself when a kept
/// connection ends, when a server refuses an HTTP/2 stream, and in some more cases; the callbacks
/// refuse that, and resend() says what the caller may do.
///
/// Back-pressure: when the buffer is full, the write callback pauses the transfer, and reading the
/// buffer resumes it. With libcurl 8.7 and later the callback refuses the data for that; before, it
/// accepts the data and calls curl_easy_pause() (see has_pausing_callback() and ADR 0013).
class Transfer final : public Exchange, Timer {
public:
    explicit Transfer(Scheduler& scheduler);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;
    ~Transfer() override;

    /// Prepares an idle transfer for \a request on \a route. \a trace, the request's policy and all
    /// that the route refers to must outlive the exchange. \a listener may be null; it must live
    /// until the response headers are in or the exchange has ended. For \a resolved and \a cookies
    /// see EasyHandle::prepare.
    void prepare(const Request& request, const Route& route, HopListener* listener, Trace& trace,
                 const EasyHandle::Resolved& resolved, const CookieJar* cookies);
    /// Restricts the connection of the exchange that was prepared.
    void choose(const ConnectionChoice& choice) { easy_.choose(choice.fresh, choice.http1); }
    void set_deadlines(Deadline connect_by, Deadline attempt_by) noexcept {
        connect_by_ = connect_by;
        attempt_by_ = attempt_by;
    }
    /// Stops the exchange if it is running and completes the trace. Afterwards the transfer can be
    /// reused.
    void end();

    /// Set when headers, body data or the end arrive. The waiter clears it.
    [[nodiscard]] Event& changed() noexcept { return changed_; }
    [[nodiscard]] bool answered() const noexcept { return answered_; }
    [[nodiscard]] bool ended() const noexcept { return ended_; }
    [[nodiscard]] const std::optional<Error>& error() const noexcept { return error_; }
    /// Returns whether the exchange may be sent again. To be called once it has failed.
    [[nodiscard]] Resend resend() const;
    [[nodiscard]] bool over_http2() const { return tls_ && tls_->is_http2(); }
    [[nodiscard]] int status() const noexcept { return status_; }
    [[nodiscard]] const std::string& location() const noexcept { return head_.location(); }
    /// See Response::header and Response::headers.
    [[nodiscard]] std::optional<std::string> header(const std::string& name) const {
        return easy_.header(name);
    }
    [[nodiscard]] Headers headers() const { return easy_.headers(); }
    /// Returns an upper bound of the number of cookies that the response has set.
    [[nodiscard]] std::size_t cookies_set() const;
    /// See Response::first_byte.
    [[nodiscard]] Duration first_byte() const;
    void abort(const Error& reason) override;
    /// Returns all Content-Encoding headers, joined by commas.
    [[nodiscard]] const std::string& encoding() const noexcept { return head_.encoding(); }

    /// Moves the next piece of the undecoded body to \a piece. Returns false if none is buffered.
    [[nodiscard]] bool take(std::string& piece);

    // The functions below are for the time in which the transfer connects. If the host has several
    // addresses, changed() is set when a connection is begun; when it fails, the transfer connects
    // to the next address at once.

    /// Whether there is a connection over which the request can be sent: a new one or a reused one.
    [[nodiscard]] bool reached() const;
    /// Whether a new connection to the current address was begun.
    [[nodiscard]] bool opened_connection() const noexcept { return !opened_.empty(); }
    /// Whether the transfer waits for the other side to accept that connection.
    [[nodiscard]] bool is_connecting() const;
    /// See SocketOpener::addresses.
    [[nodiscard]] const std::vector<IpAddress>& addresses() const noexcept {
        return easy_.opener().addresses();
    }
    /// See SocketOpener::tried.
    [[nodiscard]] const std::vector<IpAddress>& tried() const noexcept {
        return easy_.opener().tried();
    }
    /// Closes the connection for which is_connecting() has returned true, and connects to
    /// \a address instead. Must not be called from a callback of libcurl.
    void connect_to(const IpAddress& address);

    // For Multi.
    [[nodiscard]] CURL* easy() const noexcept { return easy_.get(); }
    /// Returns the transfer of \a easy; null for a handle of libcurl's own.
    [[nodiscard]] static Transfer* find(CURL* easy);
    void started(Multi& multi);
    void finished(CURLcode code);
    /// The socket that libcurl last reported for the transfer, or -1. Other transfers may also use
    /// it: with HTTP/2 at the same time, otherwise once this one has finished.
    void use_socket(curl_socket_t socket) noexcept { socket_ = socket; }
    [[nodiscard]] curl_socket_t socket() const noexcept { return socket_; }
    [[nodiscard]] bool may_use_http2() const noexcept { return policy_->http2; }
    /// Sets how the HTTP/2 stream of the response ended. Multi calls this when it removes the
    /// transfer.
    void set_stream_end(StreamEnd end) noexcept { stream_end_ = end; }
    [[nodiscard]] bool is_plaintext() const noexcept { return plaintext_; }
    /// Whether the connection to the target may run inside of a TLS connection to a proxy.
    [[nodiscard]] bool through_tls() const noexcept {
        return proxy_ != nullptr && proxy_->scheme() == Proxy::Scheme::Https;
    }
    /// Restarts the idle timeout, because data was received.
    void touch() noexcept;
    /// Restarts the idle timeout if more of the request's body was sent.
    void touch_if_sent() noexcept;
    /// Completes the pause that the body callback began and stops the timeouts.
    void pause();

private:
    static int on_opened(void* self, curl_socket_t socket, curlsocktype purpose) noexcept;
    static int on_connected(void* self, char* remote, char* local, int remote_port,
                            int local_port) noexcept;
    static int on_progress(void* self, curl_off_t download_size, curl_off_t downloaded,
                           curl_off_t upload_size, curl_off_t uploaded) noexcept;
    static std::size_t on_body(char* data, std::size_t one, std::size_t size, void* self) noexcept;
    static std::size_t on_header(char* data, std::size_t one, std::size_t size,
                                 void* self) noexcept;

    [[nodiscard]] bool try_next_address(CURLcode code);
    void begin_again();
    [[nodiscard]] bool may_wait_for_proxy();
    [[nodiscard]] bool may_send(int local_port);
    void note_certificate();
    void refuse_repeat();
    [[nodiscard]] curl_socket_t opened_from(int local_port) const;
    bool take_body(std::string_view data);
    void pause_soon();
    void touch_stream() noexcept;
    [[nodiscard]] bool take_header(std::string_view line);
    void end_of_headers();
    void answer();
    void fail(Error error);
    [[nodiscard]] std::optional<Error> judge(CURLcode code) const;
    [[nodiscard]] Error to_error(CURLcode code) const;
    [[nodiscard]] const Proxy* unfinished_proxy() const;
    [[nodiscard]] Error refused_repeat() const;
    [[nodiscard]] bool requires_http1() const;
    [[nodiscard]] bool is_lost_connection(CURLcode code) const;
    [[nodiscard]] std::string_view truncation() const;
    [[nodiscard]] std::string_view http2_truncation() const;
    [[nodiscard]] bool ends_with_connection() const;
    void resume();
    void arm();
    [[nodiscard]] bool connected() const;
    [[nodiscard]] Deadline idle_by() const;
    void expire() noexcept override;
    void fill_trace();
    void drop_listener() noexcept;
    [[nodiscard]] std::string effective_url() const;

    Scheduler& scheduler_;
    EasyHandle easy_;
    const Policy* policy_ = nullptr;
    const Proxy* proxy_ = nullptr;
    bool plaintext_ = false;
    bool stripped_ = false;  // connected without TLS although the URL is https
    bool bodiless_ = false;  // the method is HEAD
    bool connect_only_ = false;

    Multi* multi_ = nullptr;
    curl_socket_t socket_ = CURL_SOCKET_BAD;
    std::vector<curl_socket_t> opened_;  // some may be closed again
    std::shared_ptr<const TlsSession> tls_;
    bool sent_ = false;    // libcurl was allowed to send the request
    bool reused_ = false;  // on a kept connection
    /// Data or the end had arrived on the kept connection, so it was not used.
    bool has_surplus_ = false;
    bool repeat_refused_ = false;  // libcurl wanted to send the request once more
    /// The connection ended, according to libcurl's result or because libcurl wanted to send the
    /// request once more.
    bool ended_early_ = false;
    /// libcurl's error message when it wanted to send the request once more.
    std::string refusal_;
    HopListener* listener_ = nullptr;  // until the response headers are in
    Trace* trace_ = nullptr;
    std::uint64_t earlier_headers_ = 0;
    TimePoint prepared_;
    TimePoint began_;
    TimePoint last_byte_;
    curl_off_t sent_bytes_ = 0;  ///< Of the request's body, when this was last checked.
    TimePoint paused_at_;
    Deadline connect_by_;
    Deadline attempt_by_;
    Duration max_time_{};

    Event changed_;
    std::deque<std::string> body_;
    std::size_t buffered_ = 0;
    const bool pauses_by_callback_ = has_pausing_callback();
    StreamEnd stream_end_;
    bool pausing_ = false;
    bool paused_ = false;
    bool resuming_ = false;  // libcurl delivers data that it kept during the pause
    bool answered_ = false;
    bool ended_ = true;
    std::optional<Error> error_;
    std::size_t header_bytes_ = 0;
    std::size_t proxy_bytes_ = 0;  // of the proxy's answer to CONNECT, approximately
    int status_ = 0;
    ResponseHead head_;
};

}  // namespace runnel::http
