#include "async/timer_heap.hpp"

#include <algorithm>

#include "async/slow_callbacks.hpp"
#include "base/ensure.hpp"

namespace runnel {

Timer::~Timer() { RUNNEL_ENSURE(!armed(), "an armed timer was destroyed"); }

void TimerHeap::arm(Timer& timer, TimePoint when) {
    if (!timer.armed()) {
        heap_.push_back(nullptr);
        place(heap_.size() - 1, &timer);
    }
    timer.when_ = std::max(when, floor_);
    timer.turn_ = armings_++;
    sift_up(timer.slot_);
    sift_down(timer.slot_);
}

void TimerHeap::disarm(Timer& timer) noexcept {
    if (!timer.armed()) {
        return;
    }
    const std::size_t slot = timer.slot_;
    Timer* last = heap_.back();
    heap_.pop_back();
    timer.slot_ = Timer::kIdle;
    if (last != &timer) {
        place(slot, last);
        sift_up(slot);
        sift_down(last->slot_);
    }
}

std::optional<TimePoint> TimerHeap::earliest() const noexcept {
    if (heap_.empty()) {
        return std::nullopt;
    }
    return heap_.front()->when_;
}

void TimerHeap::expire_until(TimePoint now) {
    // A timer that re-arms itself for a moment already passed must not block the loop: timers armed
    // from here on wait for the next call.
    const std::uint64_t end = armings_;
    floor_ = now;
    while (!heap_.empty() && heap_.front()->when_ <= now && heap_.front()->turn_ < end) {
        Timer* timer = heap_.front();
        disarm(*timer);
        debug::expire(*timer);
    }
    floor_ = TimePoint::min();
}

bool TimerHeap::before(const Timer& a, const Timer& b) noexcept {
    return a.when_ != b.when_ ? a.when_ < b.when_ : a.turn_ < b.turn_;
}

void TimerHeap::place(std::size_t slot, Timer* timer) noexcept {
    heap_[slot] = timer;
    timer->slot_ = slot;
}

void TimerHeap::sift_up(std::size_t slot) noexcept {
    Timer* timer = heap_[slot];
    while (slot > 0) {
        const std::size_t parent = (slot - 1) / 2;
        if (before(*heap_[parent], *timer)) {
            break;
        }
        place(slot, heap_[parent]);
        slot = parent;
    }
    place(slot, timer);
}

void TimerHeap::sift_down(std::size_t slot) noexcept {
    Timer* timer = heap_[slot];
    for (;;) {
        std::size_t child = 2 * slot + 1;
        if (child >= heap_.size()) {
            break;
        }
        if (child + 1 < heap_.size() && before(*heap_[child + 1], *heap_[child])) {
            ++child;
        }
        if (before(*timer, *heap_[child])) {
            break;
        }
        place(slot, heap_[child]);
        slot = child;
    }
    place(slot, timer);
}

}  // namespace runnel
