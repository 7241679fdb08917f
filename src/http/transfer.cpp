#include "http/transfer.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "http/curl_error.hpp"
#include "http/curl_features.hpp"
#include "http/multi.hpp"

namespace runnel::http {

namespace {

/// libcurl passes header lines with their line end.
constexpr std::string_view kLineBlanks = " \t\r\n";

/// Maximum size of a piece to which further data is appended (bytes).
constexpr std::size_t kPiece = 16 * 1024;
/// Thresholds of buffered body for pausing and resuming a transfer (bytes).
constexpr std::size_t kHighWater = 64 * 1024;
constexpr std::size_t kLowWater = 16 * 1024;
/// Maximum total size of response headers (bytes), as in curl.
constexpr std::size_t kMaxHeaderBytes = 300 * 1024;
/// Maximum of a proxy's answer to CONNECT (bytes).
constexpr std::size_t kMaxProxyBytes = 16 * 1024;

std::string in_seconds(Duration span) { return fmt::format("{:g} s", to_seconds(span)); }

}  // namespace

Transfer::Transfer(Scheduler& scheduler)
    : scheduler_(scheduler),
      easy_({&Transfer::on_opened, &Transfer::on_connected, &Transfer::on_progress,
             &Transfer::on_header, &Transfer::on_body, this}) {}

Transfer::~Transfer() { RUNNEL_ENSURE(ended_, "a Transfer was destroyed while it runs"); }

Transfer* Transfer::find(CURL* easy) { return static_cast<Transfer*>(EasyHandle::owner_of(easy)); }

void Transfer::prepare(const Request& request, const Route& route, HopListener* listener,
                       Trace& trace, const EasyHandle::Resolved& resolved,
                       const CookieJar* cookies) {
    RUNNEL_ENSURE(ended_, "a Transfer was started twice");
    easy_.prepare(request, route, resolved, cookies);
    policy_ = request.policy;
    proxy_ = route.proxy;
    trace_ = &trace;
    listener_ = listener;
    if (listener_ != nullptr) {
        listener_->exchange_changed(this);
    }
    prepared_ = scheduler_.now();
    max_time_ = request.attempt_limit();
    socket_ = CURL_SOCKET_BAD;
    opened_.clear();
    tls_.reset();
    sent_ = false;
    reused_ = false;
    has_surplus_ = false;
    repeat_refused_ = false;
    ended_early_ = false;
    refusal_.clear();
    plaintext_ = route.in_clear();
    stripped_ = route.strips_tls(request.url);
    bodiless_ = request.method == "HEAD";
    connect_only_ = request.connect_only;
    trace.effective_url = request.url.redacted();
    earlier_headers_ = trace.size_header;
    answered_ = false;
    error_.reset();
    header_bytes_ = 0;
    proxy_bytes_ = 0;
    status_ = 0;
    head_ = ResponseHead();
    changed_.clear();
}

void Transfer::started(Multi& multi) {
    multi_ = &multi;
    ended_ = false;
    began_ = scheduler_.now();
    last_byte_ = began_;
    sent_bytes_ = 0;
    arm();
}

void Transfer::finished(CURLcode code) {
    if (try_next_address(code)) {
        return;
    }
    ended_ = true;
    scheduler_.cancel(*this);
    if (!error_) {
        error_ = judge(code);
    }
    ended_early_ = repeat_refused_ || is_lost_connection(code);
    fill_trace();
    changed_.set();
}

void Transfer::fail(Error error) {
    multi_->remove(*this);
    scheduler_.cancel(*this);
    ended_ = true;
    error_ = std::move(error);
    fill_trace();
    changed_.set();
}

void Transfer::abort(const Error& reason) {
    if (!ended_) {
        fail(reason);
    }
}

void Transfer::drop_listener() noexcept {
    HopListener* const listener = std::exchange(listener_, nullptr);
    if (listener != nullptr) {
        listener->exchange_changed(nullptr);
    }
}

void Transfer::end() {
    scheduler_.cancel(*this);
    if (!ended_) {
        multi_->remove(*this);
        ended_ = true;
        fill_trace();
    }
    body_.clear();
    buffered_ = 0;
    pausing_ = false;
    paused_ = false;
    trace_ = nullptr;
}

int Transfer::on_progress(void* self, curl_off_t /*download_size*/, curl_off_t /*downloaded*/,
                          curl_off_t /*upload_size*/, curl_off_t /*uploaded*/) noexcept {
    return static_cast<Transfer*>(self)->may_wait_for_proxy() ? 0 : 1;
}

/// libcurl reads the answer to CONNECT byte by byte, without a limit, and reports progress after
/// each of them. Returns false if the answer is too long.
bool Transfer::may_wait_for_proxy() {
    if (++proxy_bytes_ <= kMaxProxyBytes || connected()) {
        return true;
    }
    const std::string why =
        fmt::format("its answer to CONNECT, with status {}, is longer than {} KiB",
                    easy_.info<long>(CURLINFO_HTTP_CONNECTCODE), kMaxProxyBytes / 1024);
    error_ = proxy_error(*proxy_, Error(ErrorClass::Proxy, why, CURLE_RECV_ERROR));
    return false;
}

std::size_t Transfer::on_body(char* data, std::size_t /*one*/, std::size_t size,
                              void* self) noexcept {
    const bool taken = static_cast<Transfer*>(self)->take_body(std::string_view(data, size));
    return taken ? size : CURL_WRITEFUNC_PAUSE;
}

std::size_t Transfer::on_header(char* data, std::size_t /*one*/, std::size_t size,
                                void* self) noexcept {
    return static_cast<Transfer*>(self)->take_header(std::string_view(data, size)) ? size : 0;
}

/// Returns whether it has taken \a data. If not, libcurl keeps it until the transfer resumes.
bool Transfer::take_body(std::string_view data) {
    touch_stream();
    if (!answered_) {
        answer();  // libcurl decides where the headers end
    }
    if (pauses_by_callback_ && buffered_ > kHighWater) {
        pause_soon();
        return false;
    }
    // Appended to the last piece, so that single bytes do not take a string each.
    if (!body_.empty() && body_.back().size() + data.size() <= kPiece) {
        body_.back().append(data);
    } else {
        body_.emplace_back(data);
    }
    buffered_ += data.size();
    if (!pauses_by_callback_ && buffered_ > kHighWater && !pausing_) {
        pause_soon();
        if (!resuming_) {
            // Otherwise libcurl reads up to a hundred times before it returns.
            require_curl(curl_easy_pause(easy_.get(), CURLPAUSE_RECV), "curl_easy_pause");
        }
    }
    changed_.set();
    return true;
}

void Transfer::pause_soon() {
    if (!pausing_) {
        pausing_ = true;
        multi_->pause_soon(*this);
    }
}

bool Transfer::take_header(std::string_view line) {
    touch_stream();
    header_bytes_ += line.size();
    if (header_bytes_ > kMaxHeaderBytes) {
        error_ =
            Error(ErrorClass::Protocol, "more than 300 KiB of response headers", CURLE_RECV_ERROR);
        return false;
    }
    if (answered_) {
        return true;  // a trailer
    }
    if (trimmed(line, kLineBlanks).empty()) {
        end_of_headers();
        return true;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) {
        return true;
    }
    head_.take(line.substr(0, colon), line.substr(colon + 1));
    return true;
}

/// The status is as parsed by libcurl, which accepts more than valid status lines. Interim
/// responses (1xx) are skipped; an unexpected 101 is final, as in curl.
void Transfer::end_of_headers() {
    const long status = easy_.info<long>(CURLINFO_RESPONSE_CODE);
    const bool interim = status >= 100 && status < 200 && status != 101;
    if (interim) {
        head_ = ResponseHead();
    } else {
        answer();
    }
}

void Transfer::answer() {
    status_ = static_cast<int>(easy_.info<long>(CURLINFO_RESPONSE_CODE));
    trace_->status = status_;
    drop_listener();
    answered_ = true;
    changed_.set();
}

bool Transfer::take(std::string& piece) {
    if (body_.empty()) {
        return false;
    }
    piece = std::move(body_.front());
    body_.pop_front();
    buffered_ -= piece.size();
    if (paused_ && buffered_ <= kLowWater) {
        resume();
    }
    return true;
}

void Transfer::pause() {
    const bool wanted = std::exchange(pausing_, false);
    if (!wanted || ended_ || buffered_ <= kHighWater) {
        return;
    }
    if (!pauses_by_callback_) {
        require_curl(curl_easy_pause(easy_.get(), CURLPAUSE_RECV), "curl_easy_pause");
    }
    paused_ = true;
    paused_at_ = scheduler_.now();
    scheduler_.cancel(*this);
}

/// The time of the pause does not count against the server, so the deadline is moved by it.
void Transfer::resume() {
    paused_ = false;
    if (ended_) {
        return;
    }
    const TimePoint now = scheduler_.now();
    attempt_by_ = attempt_by_.later_by(now - paused_at_);
    last_byte_ = now;
    // Checked here as well, because frequent pauses cancel the timer before it can expire.
    expire();
    if (ended_) {
        return;
    }
    resuming_ = true;
    const CURLcode code = curl_easy_pause(easy_.get(), CURLPAUSE_CONT);
    resuming_ = false;
    if (code != CURLE_OK) {  // what libcurl had kept was refused, such as trailers over the limit
        fail(error_ ? *error_ : to_error(code));
        return;
    }
    if (pauses_by_callback_) {
        pause();  // if data that libcurl had kept was refused again
    }
}

void Transfer::touch() noexcept { last_byte_ = scheduler_.now(); }

void Transfer::touch_if_sent() noexcept {
    const auto sent = easy_.info<curl_off_t>(CURLINFO_SIZE_UPLOAD_T);
    if (std::exchange(sent_bytes_, sent) != sent) {
        touch();
    }
}

/// Records activity of an HTTP/2 transfer, because Multi::on_ready() cannot attribute data on a
/// shared connection to a transfer.
void Transfer::touch_stream() noexcept {
    if (policy_->http2) {
        touch();
    }
}

bool Transfer::connected() const { return easy_.info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) > 0; }

Deadline Transfer::idle_by() const { return Deadline::after(last_byte_, policy_->idle_timeout); }

/// Arms one timer for the earliest of three deadlines. They are checked when it fires, so progress
/// does not have to re-arm it.
void Transfer::arm() {
    const Deadline earliest =
        Deadline::earlier(attempt_by_, Deadline::earlier(connect_by_, idle_by()));
    if (!earliest.is_never()) {
        scheduler_.call_at(*this, earliest.when());
    }
}

void Transfer::expire() noexcept {
    const TimePoint now = scheduler_.now();
    if (connected()) {
        connect_by_ = Deadline::never();
    } else {
        last_byte_ = now;  // the idle timeout begins with the connection
    }
    if (over_http2()) {
        touch_if_sent();  // Multi cannot tell whose data a shared connection has sent
    }
    if (connect_by_.passed(now)) {
        Error late(ErrorClass::Connect,
                   "no connection within " + in_seconds(policy_->connect_timeout),
                   CURLE_OPERATION_TIMEDOUT);
        const Proxy* proxy = unfinished_proxy();
        fail(proxy != nullptr ? proxy_error(*proxy, late) : late);
    } else if (attempt_by_.passed(now)) {
        fail(Error(ErrorClass::Timeout, "not finished within " + in_seconds(max_time_),
                   CURLE_OPERATION_TIMEDOUT));
    } else if (idle_by().passed(now)) {
        fail(Error(ErrorClass::Idle, "no data for " + in_seconds(policy_->idle_timeout),
                   CURLE_OPERATION_TIMEDOUT));
    } else {
        arm();
    }
}

}  // namespace runnel::http
