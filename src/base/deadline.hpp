#pragma once

#include <algorithm>
#include <chrono>

namespace runnel {

/// Monotonic, because setting the wall clock must not fire or delay a timeout.
using Clock = std::chrono::steady_clock;
using TimePoint = Clock::time_point;
using Duration = Clock::duration;

/// The moment by which an operation must have ended. Pass it down from call to call, so that nested
/// steps share one time limit; convert durations to a Deadline where the user gives them.
class Deadline {
public:
    /// Never passes.
    constexpr Deadline() = default;
    constexpr explicit Deadline(TimePoint when) : when_(when) {}

    [[nodiscard]] static constexpr Deadline never() { return Deadline(); }
    /// Returns \a limit from \a now; zero means no limit, as on the command line.
    [[nodiscard]] static constexpr Deadline after(TimePoint now, Duration limit) {
        if (limit == Duration::zero() || limit >= TimePoint::max() - now) {
            return never();
        }
        return Deadline(now + limit);
    }
    /// Returns \a span from \a now; zero or less has passed already. A span that would overflow
    /// means no limit.
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
    /// Returns this deadline extended by \a pause, for time that does not count.
    [[nodiscard]] constexpr Deadline later_by(Duration pause) const {
        return is_never() ? *this : Deadline(when_ + pause);
    }

private:
    TimePoint when_ = TimePoint::max();
};

}  // namespace runnel
