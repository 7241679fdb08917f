#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/deadline.hpp"
#include "base/parse.hpp"

namespace runnel {

/// Limits the rate of starts: evenly spaced, and after a delay at most the starts of a tenth of a
/// second (at least one) follow as a burst. In any time T at most rate * (T + 0.1 s) + 1 starts
/// happen. This is the generic cell rate algorithm in its virtual scheduling form (ITU-T
/// Recommendation I.371, annex A): a leaky bucket whose state is one point in time. Does not wait
/// itself: the caller does.
class RateLimiter {
public:
    static constexpr Duration kBurst = std::chrono::milliseconds(100);

    explicit RateLimiter(const Rate& rate) noexcept
        : interval_(
              std::max(rate.per() / static_cast<Duration::rep>(std::min(rate.count(), kMaxCount)),
                       Duration(1))) {}

    /// Returns when the next start is allowed; a time in the past means now.
    [[nodiscard]] TimePoint next() const noexcept { return next_; }
    /// Reports a start \a now, which must not be before next().
    void start(TimePoint now) noexcept { next_ = std::max(next_, now - kBurst) + interval_; }
    /// Returns whether this can be discarded \a now, because a new one would behave the same.
    [[nodiscard]] bool is_idle(TimePoint now) const noexcept { return next_ <= now - kBurst; }

private:
    static constexpr std::uint64_t kMaxCount = std::numeric_limits<std::int64_t>::max();

    Duration interval_;
    TimePoint next_ = TimePoint::min();
};

}  // namespace runnel
