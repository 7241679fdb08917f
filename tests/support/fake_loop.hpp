#pragma once

#include "async/ready_queue.hpp"
#include "async/run.hpp"
#include "async/timer_heap.hpp"

namespace runnel::test {

/// A loop without I/O whose time is virtual: when nobody is ready, it jumps to the next timer. So
/// time-outs, batches and races are tested exactly, and without sleeping.
class FakeLoop final : public EventLoop {
public:
    [[nodiscard]] TimePoint now() const noexcept override { return now_; }
    void post(std::coroutine_handle<> waiter) override { ready_.push(waiter); }
    void call_at(Timer& timer, TimePoint when) override { timers_.arm(timer, when); }
    void cancel(Timer& timer) noexcept override { timers_.disarm(timer); }
    void run_until(const bool& done) override {
        while (!done) {
            RUNNEL_ENSURE(turn(), "every task waits for something that cannot happen");
        }
    }

    /// One turn: due timers, then whoever is ready; time moves on when there is neither. False:
    /// nothing is left to happen.
    bool turn() {
        if (ready_.empty() && !timers_.empty()) {
            now_ = std::max(now_, *timers_.earliest());
        }
        timers_.expire_until(now_);
        if (ready_.empty()) {
            return !timers_.empty();
        }
        ready_.run_round();
        return true;
    }
    /// Turns until nothing is ready and nothing is armed.
    void drain() {
        while (turn()) {
        }
    }
    /// Virtual time since the loop was made.
    [[nodiscard]] Duration elapsed() const noexcept { return now_ - TimePoint(); }

private:
    TimePoint now_;
    ReadyQueue ready_;
    TimerHeap timers_;
};

}  // namespace runnel::test
