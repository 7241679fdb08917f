#include "pipeline/origin_limiter.hpp"

#include <limits>

namespace runnel {

namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();
constexpr int kHttp2SessionOver = 16;  // CURLE_HTTP2, such as after a GOAWAY

bool is_overload(int status) { return status == 408 || status == 429 || status == 503; }

bool is_overload(const Error& failure) {
    return failure.error_class() == ErrorClass::Connect ||
           failure.error_class() == ErrorClass::Timeout || failure.code() == kHttp2SessionOver;
}

}  // namespace

OriginLimiter::OriginLimiter(const AdmissionLimits& limits)
    : per_origin_(limits.per_origin > 0 ? limits.per_origin : kNoLimit), breaker_(limits.breaker) {
    if (limits.host_rate) {
        rate_limiter_.emplace(*limits.host_rate);
    }
    if (limits.adaptive) {
        adaptive_ = std::make_unique<AdaptiveLimit>(std::min(per_origin_, limits.jobs));
    }
}

OriginLimiter::State OriginLimiter::state(TimePoint now, bool urgent) const noexcept {
    if (breaker_.is_open(now)) {
        return State::Down;
    }
    if (!breaker_.allows_another(in_flight_) || (in_flight_ >= limit() && !urgent)) {
        return State::Full;
    }
    return opens_at() > now ? State::Closed : State::Open;
}

TimePoint OriginLimiter::opens_at() const noexcept {
    return rate_limiter_ ? std::max(paused_until_, rate_limiter_->next()) : paused_until_;
}

bool OriginLimiter::start(TimePoint now) noexcept {
    ++in_flight_;
    if (rate_limiter_) {
        rate_limiter_->start(now);
    }
    if (adaptive_ && in_flight_ >= adaptive_->limit()) {
        adaptive_->reached();
    }
    return breaker_.begin();
}

std::optional<TimePoint> OriginLimiter::paused_until(TimePoint now) const noexcept {
    return paused_until_ > now ? std::optional(paused_until_) : std::nullopt;
}

void OriginLimiter::answered(const http::Response& response, TimePoint sent, TimePoint now) {
    if (!adaptive_) {
        return;
    }
    if (is_overload(response.status())) {
        adaptive_->refused(sent, now);
    } else if (response.status() < 400) {
        adaptive_->answered(sent, response.first_byte(), now);
    }
}

void OriginLimiter::failed(const Error& failure, TimePoint sent, TimePoint now) noexcept {
    if (adaptive_ && is_overload(failure)) {
        adaptive_->refused(sent, now);
    }
}

std::optional<std::size_t> OriginLimiter::adaptive_limit() const noexcept {
    return adaptive_ ? std::optional(adaptive_->limit()) : std::nullopt;
}

std::size_t OriginLimiter::limit() const noexcept {
    return adaptive_ ? adaptive_->limit() : per_origin_;
}

bool OriginLimiter::is_idle(TimePoint now) const noexcept {
    return in_flight_ == 0 && paused_until_ <= now && breaker_.is_idle(now) &&
           (!rate_limiter_ || rate_limiter_->is_idle(now)) &&
           (!adaptive_ || adaptive_->is_idle(now));
}

}  // namespace runnel
