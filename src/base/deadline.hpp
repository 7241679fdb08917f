#pragma once

#include <algorithm>
#include <chrono>

namespace runnel {

/// Monotonic time only: a clock set back or a suspended laptop must not fire or starve a time-out.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// The moment by which something must be over. Passed down from call to call, so that nested steps
/// share one budget; durations exist only at the edges, where a user gives one.
class Deadline {
public:
    /// No limit.
    constexpr Deadline() = default;
    constexpr explicit Deadline(TimePoint when) : when_(when) {}

    [[nodiscard]] static constexpr Deadline never() { return Deadline(); }
    /// \a limit from \a now; a limit of zero switches it off, as on the command line.
    [[nodiscard]] static constexpr Deadline after(TimePoint now, Duration limit) {
        if (limit == Duration::zero() || limit >= TimePoint::max() - now) {
            return never();
        }
        return Deadline(now + limit);
    }
    /// \a span from \a now, where a span of zero or less has passed already; one too long to be
    /// added is no limit.
    [[nodiscard]] static constexpr Deadline within(TimePoint now, Duration span) {
        const Duration wait = std::max(span, Duration::zero());
        return wait >= TimePoint::max() - now ? never() : Deadline(now + wait);
    }
    [[nodiscard]] static constexpr Deadline earlier(Deadline a, Deadline b) {
        return Deadline(std::min(a.when_, b.when_));
    }

    [[nodiscard]] constexpr TimePoint when() const noexcept { return when_; }
    [[nodiscard]] constexpr bool is_never() const noexcept { return when_ == TimePoint::max(); }
    [[nodiscard]] constexpr bool passed(TimePoint now) const noexcept { return now >= when_; }
    /// The same deadline with \a pause more time, for time that does not count.
    [[nodiscard]] constexpr Deadline later_by(Duration pause) const {
        return is_never() ? *this : Deadline(when_ + pause);
    }

private:
    TimePoint when_ = TimePoint::max();
};

}  // namespace runnel
