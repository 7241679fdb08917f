#include "pipeline/admission_hop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace runnel {

namespace {

constexpr int kCouldNotConnect = 7;     // CURLE_COULDNT_CONNECT
constexpr int kOperationTimedOut = 28;  // CURLE_OPERATION_TIMEDOUT

/// Returns whether an attempt without a connection failed because of the path to the origin. A name
/// that does not exist is known at once, and says nothing about the origin; a look-up that exceeds
/// the connect timeout costs as much as a failed connection. A timeout counts only for the first
/// hop, because in later ones earlier hops may have used up the time.
bool is_failure_to_connect(const Error& failure, bool is_first_hop) {
    switch (failure.error_class()) {
        case ErrorClass::Connect:
        case ErrorClass::Proxy: return true;
        case ErrorClass::Timeout: return is_first_hop;
        case ErrorClass::Dns: return failure.code() == kOperationTimedOut;
        default: return false;
    }
}

}  // namespace

Error Admission::Origin::host_down() const {
    return Error(ErrorClass::HostDown,
                 fmt::format("several connections in a row failed (last: {})", last_failure),
                 kCouldNotConnect);
}

void Admission::Hop::admit(TimePoint now) {
    state_ = State::InFlight;
    sent_at_ = now;
    probe_ = origin_.limiter.start(now);
    admission_.in_flight_.begin();
    admission_.peak_ = std::max(admission_.peak_, admission_.in_flight_.count());
    if (admission_.rate_limiter_) {
        admission_.rate_limiter_->start(now);
    }
    if (admission_.limits_.breaker > 0) {
        origin_.connecting.push_back(this);
    }
    decided_.set();
}

void Admission::Hop::connected() noexcept {
    end_connecting();
    connected_ = true;
    probe_ = false;
    if (origin_.limiter.breaker().connected()) {
        wake_waiting();
    }
}

void Admission::Hop::answered(const http::Response& response, Duration retry_after) {
    const TimePoint now = admission_.scheduler_.now();
    const std::optional<std::size_t> limit = origin_.limiter.adaptive_limit();
    connected();
    admission_.pause(origin_, retry_after);
    origin_.limiter.answered(response, sent_at_, now);
    record_limit(limit, now);
}

void Admission::Hop::failed(const Error& failure) {
    const TimePoint now = admission_.scheduler_.now();
    const std::optional<std::size_t> limit = origin_.limiter.adaptive_limit();
    end_connecting();
    origin_.limiter.failed(failure, sent_at_, now);
    record_limit(limit, now);
    if (connected_ || failure.error_class() == ErrorClass::Tls) {
        connected();  // a failed TLS handshake also proves that the origin accepts connections
    } else if (is_failure_to_connect(failure, !has_begun_)) {
        fail_to_connect(failure, now);
    }
}

void Admission::Hop::fail_to_connect(const Error& failure, TimePoint now) {
    origin_.last_failure = failure.message();
    const bool opened = origin_.limiter.breaker().failed(now, std::exchange(probe_, false));
    if (opened) {
        for (Hop* other : origin_.connecting) {
            other->give_up();
        }
    }
}

void Admission::Hop::give_up() {
    given_up_ = true;
    if (exchange_ != nullptr) {
        exchange_->abort(origin_.host_down());
    }
}

void Admission::Hop::record_limit(std::optional<std::size_t> before, TimePoint now) {
    const std::optional<std::size_t> after = origin_.limiter.adaptive_limit();
    if (before != after) {
        admission_.limit_changes_.add(now, *origin_.name, *before, *after);
        wake_waiting();
    }
}

}  // namespace runnel
