#include "pipeline/admission_hop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace runnel {

namespace {

constexpr int kCouldNotConnect = 7;     // CURLE_COULDNT_CONNECT
constexpr int kOperationTimedOut = 28;  // CURLE_OPERATION_TIMEDOUT

/// Of an attempt without a connection: whether that is a matter of the way to the origin. A name
/// that does not exist is known at once, and is no reason to doubt the origin; a look-up that takes
/// as long as a connection may, costs as much as one that is not made.
/// The time of an attempt may have passed because of the hops before.
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
                 fmt::format("no connection, several times in a row ({})", last_failure),
                 kCouldNotConnect);
}

void Admission::Hop::let_out(TimePoint now) {
    state_ = State::Out;
    out_since_ = now;
    probe_ = origin_.gate.enter(now);
    admission_.peak_ = std::max(admission_.peak_, ++admission_.out_);
    if (admission_.pace_) {
        admission_.pace_->start(now);
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
    if (origin_.gate.breaker().connected()) {
        pass_on();
    }
}

void Admission::Hop::answered(const http::Response& response) {
    const TimePoint now = admission_.scheduler_.now();
    const std::optional<std::size_t> limit = origin_.gate.adaptive_limit();
    connected();
    admission_.heed(response, origin_);
    origin_.gate.answered(response, out_since_, now);
    note_limit(limit, now);
}

void Admission::Hop::failed(const Error& failure) {
    const TimePoint now = admission_.scheduler_.now();
    const std::optional<std::size_t> limit = origin_.gate.adaptive_limit();
    end_connecting();
    origin_.gate.failed(failure, out_since_, now);
    note_limit(limit, now);
    if (connected_ || failure.error_class() == ErrorClass::Tls) {
        connected();  // whoever can break off a handshake is there
    } else if (is_failure_to_connect(failure, !has_begun_)) {
        fail_to_connect(failure, now);
    }
}

void Admission::Hop::fail_to_connect(const Error& failure, TimePoint now) {
    origin_.last_failure = failure.message();
    const bool opened = origin_.gate.breaker().failed(now, std::exchange(probe_, false));
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

void Admission::Hop::note_limit(std::optional<std::size_t> before, TimePoint now) {
    const std::optional<std::size_t> after = origin_.gate.adaptive_limit();
    if (before != after) {
        admission_.limit_changes_.add(now, *origin_.name, *before, *after);
        pass_on();
    }
}

}  // namespace runnel
