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

/// All that decides when the next request may go to one origin, and how many at once: its limit,
/// its rate, the pause it asked for, its breaker. Small, for there may be very many. Pure: it is
/// told what happens, and asked.
class OriginGate {
public:
    enum class State {
        Open,    ///< One more may go.
        Full,    ///< As many are out as may be: until left(), connected(), answered().
        Closed,  ///< Not before opens_at().
        Down,    ///< Whoever asks is refused.
    };

    explicit OriginGate(const AdmissionLimits& limits);

    /// For the next request. An \a urgent one goes beyond the limits, but not beyond the breaker.
    [[nodiscard]] State state(TimePoint now, bool urgent) const noexcept;
    [[nodiscard]] TimePoint opens_at() const noexcept;

    /// One goes out. True: it is the probe, see CircuitBreaker::begin.
    [[nodiscard]] bool enter(TimePoint now) noexcept;
    void leave() noexcept { --out_; }

    /// Nobody is to go before \a until. A pause that lasts longer already stays.
    void pause(TimePoint until) noexcept { paused_until_ = std::max(paused_until_, until); }
    [[nodiscard]] std::optional<TimePoint> paused_until(TimePoint now) const noexcept;

    /// What was sent at \a sent is answered \a now. Successes are measured; what says that it is
    /// too much is a sign of that.
    void answered(const http::Response& response, TimePoint sent, TimePoint now);
    /// The same for what has failed.
    void failed(const Error& failure, TimePoint sent, TimePoint now) noexcept;
    [[nodiscard]] CircuitBreaker& breaker() noexcept { return breaker_; }

    /// The limit that was found; none when it is not adaptive.
    [[nodiscard]] std::optional<std::size_t> adaptive_limit() const noexcept;

    /// Whether a new one would do the same \a now, so that this one can be forgotten.
    [[nodiscard]] bool is_rested(TimePoint now) const noexcept;

private:
    [[nodiscard]] std::size_t most() const noexcept;

    std::size_t per_origin_;
    std::size_t out_ = 0;
    TimePoint paused_until_ = TimePoint::min();
    CircuitBreaker breaker_;
    std::optional<RateLimiter> pace_;
    std::unique_ptr<AdaptiveLimit> adaptive_;
};

}  // namespace runnel
