#include "pipeline/origin_gate.hpp"

#include <limits>

namespace runnel {

namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
constexpr int kHttp2SessionOver = 16;  // CURLE_HTTP2, such as after a GOAWAY

bool asks_for_less(int status) { return status == 408 || status == 429 || status == 503; }

bool asks_for_less(const Error& failure) {
    return failure.error_class() == ErrorClass::Connect ||
           failure.error_class() == ErrorClass::Timeout || failure.code() == kHttp2SessionOver;
}

}  // namespace

OriginGate::OriginGate(const AdmissionLimits& limits)
    : per_origin_(limits.per_origin > 0 ? limits.per_origin : kNoLimit), breaker_(limits.breaker) {
    if (limits.host_rate) {
        pace_.emplace(*limits.host_rate);
    }
    if (limits.adaptive) {
        adaptive_ = std::make_unique<AdaptiveLimit>(std::min(per_origin_, limits.jobs));
    }
}

OriginGate::State OriginGate::state(TimePoint now, bool urgent) const noexcept {
    if (breaker_.is_open(now)) {
        return State::Down;
    }
    if (!breaker_.is_writable(out_) || (out_ >= most() && !urgent)) {
        return State::Full;
    }
    return opens_at() > now ? State::Closed : State::Open;
}

TimePoint OriginGate::opens_at() const noexcept {
    return pace_ ? std::max(paused_until_, pace_->next()) : paused_until_;
}

bool OriginGate::enter(TimePoint now) noexcept {
    ++out_;
    if (pace_) {
        pace_->start(now);
    }
    if (adaptive_ && out_ >= adaptive_->limit()) {
        adaptive_->reached();
    }
    return breaker_.begin();
}

std::optional<TimePoint> OriginGate::paused_until(TimePoint now) const noexcept {
    return paused_until_ > now ? std::optional(paused_until_) : std::nullopt;
}

void OriginGate::answered(const http::Response& response, TimePoint sent, TimePoint now) {
    if (!adaptive_) {
        return;
    }
    if (asks_for_less(response.status())) {
        adaptive_->refused(sent, now);
    } else if (response.status() < 400) {
        adaptive_->answered(sent, response.first_byte(), now);
    }
}

void OriginGate::failed(const Error& failure, TimePoint sent, TimePoint now) noexcept {
    if (adaptive_ && asks_for_less(failure)) {
        adaptive_->refused(sent, now);
    }
}

std::optional<std::size_t> OriginGate::adaptive_limit() const noexcept {
    return adaptive_ ? std::optional(adaptive_->limit()) : std::nullopt;
}

std::size_t OriginGate::most() const noexcept {
    return adaptive_ ? adaptive_->limit() : per_origin_;
}

bool OriginGate::is_rested(TimePoint now) const noexcept {
    return out_ == 0 && paused_until_ <= now && breaker_.is_rested(now) &&
           (!pace_ || pace_->is_rested(now)) && (!adaptive_ || adaptive_->is_rested(now));
}

}  // namespace runnel
