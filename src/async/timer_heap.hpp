#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "async/scheduler.hpp"

namespace runnel {

/// The armed timers of one loop, the earliest first: a binary heap in which each timer stores its
/// index, so that disarming costs O(log n) (Williams, "Heapsort", CACM 1964). Timers of the same
/// moment expire in the order of their arming.
class TimerHeap {
public:
    void arm(Timer& timer, TimePoint when);
    void disarm(Timer& timer) noexcept;
    [[nodiscard]] bool empty() const noexcept { return heap_.empty(); }
    [[nodiscard]] std::optional<TimePoint> earliest() const noexcept;
    /// Expires every timer due at \a now. Timers armed meanwhile wait for the next call.
    void expire_until(TimePoint now);

private:
    static bool before(const Timer& a, const Timer& b) noexcept;
    void place(std::size_t slot, Timer* timer) noexcept;
    void sift_up(std::size_t slot) noexcept;
    void sift_down(std::size_t slot) noexcept;

    std::vector<Timer*> heap_;
    std::uint64_t armings_ = 0;
    /// The current time while timers expire: the lower bound for moments armed meanwhile.
    TimePoint floor_ = TimePoint::min();
};

}  // namespace runnel
