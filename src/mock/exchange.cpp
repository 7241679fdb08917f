#include "mock/exchange.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include "base/ensure.hpp"
#include "mock/echo.hpp"
#include "mock/raw_socket.hpp"

namespace runnel::mock {

namespace {

using namespace std::chrono_literals;
using Fault = Answer::Fault;

constexpr std::string_view kGarbage = "\x16\x03\x01\xFF this is not HTTP \xFE\r\n\r\n";
/// Interval at which a hanging connection is checked for a client that has closed it.
constexpr Duration kHangCheckInterval = 1s;
/// Interval at which to poll for an event on the client's side that is expected soon.
constexpr Duration kPollInterval = 1ms;
/// Maximum size of a request body that is kept for an echo (bytes).
constexpr std::size_t kMaxEcho = std::size_t{1} << 20;
/// Size of the blocks in which a body is sent (bytes).
constexpr std::size_t kBlock = std::size_t{64} << 10;

using ResponsePtr = std::unique_ptr<MHD_Response, decltype(&MHD_destroy_response)>;

ssize_t read_body_of(void* exchange, std::uint64_t position, char* buffer, std::size_t capacity) {
    return static_cast<Exchange*>(exchange)->read_body(position, buffer, capacity);
}

/// Does not copy \a body, which must live until the answer is sent.
ResponsePtr whole(std::string_view body) {
    void* bytes = const_cast<char*>(body.data());
    return {MHD_create_response_from_buffer(body.size(), bytes, MHD_RESPMEM_PERSISTENT),
            &MHD_destroy_response};
}

ResponsePtr in_blocks(Exchange& exchange, std::size_t size, std::size_t block) {
    return {MHD_create_response_from_callback(size, block, &read_body_of, &exchange, nullptr),
            &MHD_destroy_response};
}

}  // namespace

Exchange::Exchange(ServerState& server, MHD_Connection* connection, std::string_view target)
    : server_(server),
      connection_(connection),
      socket_(MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd),
      place_(origin_form(target)) {}

Exchange::~Exchange() {
    if (answer_ != nullptr) {
        server_.counts.end();
    }
}

MHD_Result Exchange::advance(std::string_view method, const char* bytes, std::size_t& size) {
    if (answer_ == nullptr) {
        choose(method);
        return MHD_YES;
    }
    if (size > 0) {
        receive(std::string_view(bytes, std::exchange(size, 0)));
        return MHD_YES;
    }
    return answer();
}

void Exchange::choose(std::string_view method) {
    server_.counts.begin();
    method_ = method;
    const Request asked = request();
    answer_ = server_.choose(asked);
    if (answer_ == nullptr) {
        not_found_.status = MHD_HTTP_NOT_FOUND;
        not_found_.headers = {Header{"Content-Type", "text/plain; charset=utf-8"}};
        not_found_.body =
            fmt::format("no route for {} {} on host {}\n", asked.method, asked.target, asked.host);
        answer_ = &not_found_;
    }
    server_.notify_observer(asked, *answer_);
}

Request Exchange::request() const {
    const char* host = MHD_lookup_connection_value(connection_, MHD_HEADER_KIND, "Host");
    Request asked;
    asked.method = method_;
    asked.target = place_.target;
    asked.host = host == nullptr ? "" : host;
    if (!place_.host.empty()) {
        asked.host = place_.host;
    }
    return asked;
}

void Exchange::receive(std::string_view bytes) {
    received_size_ += bytes.size();
    if (answer_->echo) {
        received_ += bytes.substr(0, kMaxEcho - received_.size());
    }
}

std::string_view Exchange::body() const noexcept {
    if (answer_->echo) {
        return echo_;
    }
    return answer_->body ? std::string_view(*answer_->body) : std::string_view();
}

MHD_Result Exchange::answer() {
    if (answer_->delay > Duration::zero() && !std::exchange(delayed_, true)) {
        pause(answer_->delay);
        return MHD_YES;
    }
    if (answer_->echo) {
        echo_ = echo_of(connection_, request(), received_, received_size_);
    }
    if (answer_->fails_at_once()) {
        return fail() ? MHD_YES : MHD_NO;
    }
    return respond();
}

MHD_Result Exchange::respond() {
    const std::size_t block = answer_->drip ? answer_->drip->chunk : kBlock;
    const ResponsePtr response = answer_->drip || answer_->fails_in_body()
                                     ? in_blocks(*this, body().size(), block)
                                     : whole(body());
    RUNNEL_ENSURE(response, "libmicrohttpd ran out of memory");
    for (const Header& header : answer_->headers) {
        const MHD_Result added =
            MHD_add_response_header(response.get(), header.name.c_str(), header.value.c_str());
        RUNNEL_ENSURE(added == MHD_YES, "the header cannot be sent");
    }
    return MHD_queue_response(connection_, answer_->status, response.get());
}

ssize_t Exchange::read_body(std::size_t position, char* buffer, std::size_t capacity) {
    const std::string_view bytes = body();
    const std::size_t end = answer_->fails_in_body() ? bytes.size() / 2 : bytes.size();
    if (position == end) {
        push(socket_);
        return fail() ? 0 : ssize_t{MHD_CONTENT_READER_END_WITH_ERROR};
    }
    if (answer_->drip && !piece_is_due_) {
        piece_is_due_ = true;
        push(socket_);
        pause(answer_->drip->every);
        return 0;
    }
    piece_is_due_ = false;
    const std::string_view piece = bytes.substr(position, std::min(capacity, end - position));
    std::copy(piece.begin(), piece.end(), buffer);
    return static_cast<ssize_t>(piece.size());
}

bool Exchange::fail() {
    switch (answer_->fault) {
        case Fault::Hang:
            if (is_gone(socket_)) {
                return false;
            }
            pause(kHangCheckInterval);
            return true;
        case Fault::Reset:
            if (!acknowledged(socket_) && !is_gone(socket_)) {
                pause(kPollInterval);
                return true;
            }
            reset(socket_);
            return false;
        case Fault::Garbage: return send_garbage();
        case Fault::Truncate:
        case Fault::Empty:
        case Fault::None: break;
    }
    return false;
}

bool Exchange::send_garbage() {
    const std::string_view garbage = answer_->has_body() ? body() : kGarbage;
    const std::ptrdiff_t sent = send_now(socket_, garbage.substr(garbage_sent_));
    garbage_sent_ += static_cast<std::size_t>(std::max<std::ptrdiff_t>(sent, 0));
    if (sent < 0 || garbage_sent_ == garbage.size()) {
        return false;
    }
    pause(kPollInterval);
    return true;
}

void Exchange::pause(Duration duration) {
    server_.pauses.pause_until(connection_, Clock::now() + duration);
}

}  // namespace runnel::mock
