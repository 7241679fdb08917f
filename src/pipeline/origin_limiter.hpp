#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>

#include "base/error.hpp"
#include "http/client.hpp"
#include "pipeline/adaptive_limit.hpp"
#include "pipeline/admission_limits.hpp"
#include "pipeline/circuit_breaker.hpp"
#include "pipeline/rate_limiter.hpp"

namespace runnel {

/// Decides when the next request to one origin may be sent, and how many at once: limit, rate,
/// pause and circuit breaker of the origin. Kept small, because there may be very many. Makes no
/// calls itself: the caller reports events.
class OriginLimiter {
public:
    enum class State {
        Open,    ///< A request may be sent.
        Full,    ///< The limit is reached: wait for finish(), a connection or an answer.
        Closed,  ///< No request may be sent before opens_at().
        Down,    ///< Requests are refused.
    };

    explicit OriginLimiter(const AdmissionLimits& limits);

    /// Returns the state for the next request. An \a urgent one may exceed the limit, but is
    /// subject to breaker, rate and pause.
    [[nodiscard]] State state(TimePoint now, bool urgent) const noexcept;
    [[nodiscard]] TimePoint opens_at() const noexcept;

    /// Reports that a request is sent. Returns true if it is the probe: see
    /// CircuitBreaker::begin().
    [[nodiscard]] bool start(TimePoint now) noexcept;
    void finish() noexcept { --in_flight_; }

    /// Sends nothing before \a until. A longer pause in effect is kept.
    void pause(TimePoint until) noexcept { paused_until_ = std::max(paused_until_, until); }
    [[nodiscard]] std::optional<TimePoint> paused_until(TimePoint now) const noexcept;

    /// Reports an answer \a now to a request sent at \a sent: successes are measured, and refusals
    /// lower the limit.
    void answered(const http::Response& response, TimePoint sent, TimePoint now);
    /// Reports a failure of a request sent at \a sent.
    void failed(const Error& failure, TimePoint sent, TimePoint now) noexcept;
    [[nodiscard]] CircuitBreaker& breaker() noexcept { return breaker_; }

    /// Returns the current limit if it is adaptive.
    [[nodiscard]] std::optional<std::size_t> adaptive_limit() const noexcept;

    /// Returns whether this can be discarded \a now, because a new one would behave the same.
    [[nodiscard]] bool is_idle(TimePoint now) const noexcept;

private:
    [[nodiscard]] std::size_t limit() const noexcept;

    std::size_t per_origin_;
    std::size_t in_flight_ = 0;
    TimePoint paused_until_ = TimePoint::min();
    CircuitBreaker breaker_;
    std::optional<RateLimiter> rate_limiter_;
    std::unique_ptr<AdaptiveLimit> adaptive_;
};

}  // namespace runnel
