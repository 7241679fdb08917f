#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/deadline.hpp"
#include "base/parse.hpp"

namespace runnel {

/// Keeps starts to a rate: evenly spaced, and what was missed is made up for by a burst of no more
/// than comes in a tenth of a second, or of one. Over any time T no more start than the rate times
/// (T + 0.1 s), and one. This is the generic cell rate algorithm in its form of virtual scheduling
/// (ITU-T Recommendation I.371, annex A): a leaky bucket that is one point in time. Pure: the
/// caller waits.
class RateLimiter {
public:
    static constexpr Duration kBurst = std::chrono::milliseconds(100);

    explicit RateLimiter(const Rate& rate) noexcept
        : interval_(std::max(
              rate.per() / static_cast<Duration::rep>(std::min(rate.count(), kMostCounted)),
              Duration(1))) {}

    /// When the next one may start; a moment that has passed: now.
    [[nodiscard]] TimePoint next() const noexcept { return next_; }
    /// One starts \a now, which is not before next().
    void start(TimePoint now) noexcept { next_ = std::max(next_, now - kBurst) + interval_; }
    /// Whether it would go on \a now as a new one does.
    [[nodiscard]] bool is_rested(TimePoint now) const noexcept { return next_ <= now - kBurst; }

private:
    static constexpr std::uint64_t kMostCounted = std::numeric_limits<std::int64_t>::max();

    Duration interval_;
    TimePoint next_ = TimePoint::min();
};

}  // namespace runnel
