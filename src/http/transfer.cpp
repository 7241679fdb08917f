#include "http/transfer.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/text.hpp"
#include "http/curl_error.hpp"
#include "http/curl_features.hpp"
#include "http/multi.hpp"

namespace runnel::http {

namespace {

/// libcurl hands over header lines with their line end.
constexpr std::string_view kLineBlanks = " \t\r\n";

constexpr std::size_t kPiece = 16 * 1024;
/// A transfer with so much waiting for its reader is paused, and goes on below the low water.
constexpr std::size_t kHighWater = 64 * 1024;
constexpr std::size_t kLowWater = 16 * 1024;
/// More response headers than this are an attack or a bug; curl draws the same line.
constexpr std::size_t kMaxHeaderBytes = 300 * 1024;

bool equals_ignoring_case(std::string_view a, std::string_view b) {
    return a.size() == b.size() && curl_strnequal(a.data(), b.data(), a.size()) != 0;
}

std::string seconds(Duration span) {
    return fmt::format("{:g} s", std::chrono::duration<double>(span).count());
}

}  // namespace

Transfer::Transfer(Scheduler& scheduler)
    : scheduler_(scheduler),
      easy_({&Transfer::on_connected, &Transfer::on_header, &Transfer::on_body, this}) {}

Transfer::~Transfer() { RUNNEL_ENSURE(ended_, "a Transfer died while it ran"); }

Transfer& Transfer::of(CURL* easy) { return *static_cast<Transfer*>(EasyHandle::owner_of(easy)); }

void Transfer::prepare(const Request& request, const Route& route, HopListener* listener,
                       Trace& trace, const std::vector<std::string>& resolved,
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
    max_time_ = request.attempt_limit();
    socket_ = CURL_SOCKET_BAD;
    plaintext_ = route.in_clear();
    stripped_ = route.strips_tls(request.url);
    bodiless_ = request.method == "HEAD";
    connect_only_ = request.connect_only;
    trace.effective_url = request.url.redacted();
    earlier_headers_ = trace.size_header;
    answered_ = false;
    error_.reset();
    header_bytes_ = 0;
    status_ = 0;
    location_.clear();
    encoding_.clear();
    changed_.clear();
}

void Transfer::started(Multi& multi) {
    multi_ = &multi;
    ended_ = false;
    began_ = scheduler_.now();
    last_byte_ = began_;
    arm();
}

void Transfer::finished(CURLcode code) {
    ended_ = true;
    scheduler_.cancel(*this);
    if (!error_) {
        error_ = judge(code);
    }
    fill_trace();
    changed_.set();
}

/// What is wrong with an exchange that libcurl has ended with \a code.
std::optional<Error> Transfer::judge(CURLcode code) const {
    if (code != CURLE_OK) {
        return to_error(code);
    }
    if (connect_only_) {
        return std::nullopt;
    }
    if (!answered_) {
        // libcurl 7.88 takes the end of the connection for the end of the headers.
        return Error(ErrorClass::Protocol, "the connection ended in the middle of the headers",
                     CURLE_WEIRD_SERVER_REPLY);
    }
    const std::string_view missed = missed_by_libcurl();
    return missed.empty() ? std::nullopt
                          : std::optional<Error>(std::in_place, ErrorClass::Truncated,
                                                 std::string(missed), CURLE_PARTIAL_FILE);
}

Error Transfer::to_error(CURLcode code) const {
    if (!easy_.refused_address().empty() && code == CURLE_COULDNT_CONNECT) {
        return Error(ErrorClass::Blocked, easy_.refused_address() + " is not a public address",
                     code);
    }
    Progress progress;
    progress.answered = answered_;
    progress.proxy = unfinished_proxy();
    progress.detail = easy_.detail();
    return http::to_error(code, progress);
}

/// The proxy, unless the connection to the target stands.
const Proxy* Transfer::unfinished_proxy() const {
    const bool tunnelled = easy_.info<long>(CURLINFO_HTTP_CONNECTCODE) / 100 == 2;
    return connected() || tunnelled ? nullptr : proxy_;
}

/// Why an HTTP/2 body may be too short although libcurl is pleased with it, as 7.88 can be; else
/// empty.
std::string_view Transfer::missed_by_libcurl() const {
    if (!policy_->http2 || easy_.info<long>(CURLINFO_HTTP_VERSION) != CURL_HTTP_VERSION_2_0 ||
        bodiless_ || status_ == 204 || status_ == 304) {
        return {};
    }
    const auto announced = easy_.info<curl_off_t>(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T);
    if (announced >= 0) {
        const bool whole = easy_.info<curl_off_t>(CURLINFO_SIZE_DOWNLOAD_T) >= announced;
        return whole ? std::string_view() : "the body is shorter than announced";
    }
    // Such a body cannot be told from one that was cut off, unless its coding has an end of its
    // own.
    if (encoding_.empty() && !has_sound_http2() && multi_->has_ended(socket_)) {
        return "the connection ended with the body, so it may not be whole";
    }
    return {};
}

void Transfer::fail(Error error) {
    multi_->remove(*this);
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

int Transfer::on_connected(void* self, char* /*remote*/, char* /*local*/, int /*remote_port*/,
                           int /*local_port*/) noexcept {
    HopListener* const listener = static_cast<Transfer*>(self)->listener_;
    if (listener != nullptr) {
        listener->connected();
    }
    return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::on_body(char* data, std::size_t /*one*/, std::size_t size,
                              void* self) noexcept {
    static_cast<Transfer*>(self)->take_body(std::string_view(data, size));
    return size;
}

std::size_t Transfer::on_header(char* data, std::size_t /*one*/, std::size_t size,
                                void* self) noexcept {
    return static_cast<Transfer*>(self)->take_header(std::string_view(data, size)) ? size : 0;
}

void Transfer::take_body(std::string_view data) {
    touch_stream();
    if (!answered_) {
        answer();  // libcurl knows best where the headers end
    }
    // A server that sends byte by byte must not cost a string for each.
    if (!body_.empty() && body_.back().size() + data.size() <= kPiece) {
        body_.back().append(data);
    } else {
        body_.emplace_back(data);
    }
    buffered_ += data.size();
    if (buffered_ > kHighWater && !pausing_) {
        pausing_ = true;
        multi_->pause_soon(*this);
        if (!resuming_) {
            // Else libcurl reads on, up to a hundred times, before it returns.
            require_curl(curl_easy_pause(easy_.get(), CURLPAUSE_RECV), "curl_easy_pause");
        }
    }
    changed_.set();
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
    const std::string_view name = line.substr(0, colon);
    if (equals_ignoring_case(name, "location") && location_.empty()) {
        location_ = trimmed(line.substr(colon + 1), kLineBlanks);
    } else if (equals_ignoring_case(name, "content-encoding")) {
        encoding_.append(encoding_.empty() ? "" : ",")
            .append(trimmed(line.substr(colon + 1), kLineBlanks));
    }
    return true;
}

/// The status is libcurl's reading: it takes more than a status line by the book. Interim responses
/// (1xx) are followed by the real one; a 101 that nobody asked for is taken as final, as by curl.
void Transfer::end_of_headers() {
    const long status = easy_.info<long>(CURLINFO_RESPONSE_CODE);
    const bool interim = status >= 100 && status < 200 && status != 101;
    if (interim) {
        location_.clear();
        encoding_.clear();
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
    pausing_ = false;
    if (ended_ || buffered_ <= kHighWater) {
        return;
    }
    require_curl(curl_easy_pause(easy_.get(), CURLPAUSE_RECV), "curl_easy_pause");
    paused_ = true;
    paused_at_ = scheduler_.now();
    scheduler_.cancel(*this);
}

/// The time of the pause is ours, not the server's: it is added to what the server has left.
void Transfer::resume() {
    paused_ = false;
    if (ended_) {
        return;
    }
    const TimePoint now = scheduler_.now();
    attempt_by_ = attempt_by_.later_by(now - paused_at_);
    last_byte_ = now;
    // Looked at here as well: who pauses in every turn takes the timer back before it can expire.
    expire();
    if (ended_) {
        return;
    }
    resuming_ = true;
    require_curl(curl_easy_pause(easy_.get(), CURLPAUSE_CONT), "curl_easy_pause");
    resuming_ = false;
}

void Transfer::touch() noexcept { last_byte_ = scheduler_.now(); }

/// On a connection that is shared the Multi cannot tell whose bytes have come.
void Transfer::touch_stream() noexcept {
    if (policy_->http2) {
        touch();
    }
}

bool Transfer::connected() const { return easy_.info<curl_off_t>(CURLINFO_PRETRANSFER_TIME_T) > 0; }

Deadline Transfer::idle_by() const { return Deadline::after(last_byte_, policy_->idle_timeout); }

/// One timer for three limits. It is armed for the earliest and looks at them when it fires, so
/// that progress costs nothing: most transfers end long before.
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
        last_byte_ = now;  // silence counts from the connection on
    }
    if (connect_by_.passed(now)) {
        Error late(ErrorClass::Connect, "no connection within " + seconds(policy_->connect_timeout),
                   CURLE_OPERATION_TIMEDOUT);
        const Proxy* proxy = unfinished_proxy();
        fail(proxy != nullptr ? proxy_error(*proxy, late) : late);
    } else if (attempt_by_.passed(now)) {
        fail(Error(ErrorClass::Timeout, "not finished within " + seconds(max_time_),
                   CURLE_OPERATION_TIMEDOUT));
    } else if (idle_by().passed(now)) {
        fail(Error(ErrorClass::Idle, "not a byte for " + seconds(policy_->idle_timeout),
                   CURLE_OPERATION_TIMEDOUT));
    } else {
        arm();
    }
}

}  // namespace runnel::http
