#pragma once

#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "async/ready_queue.hpp"
#include "async/run.hpp"
#include "async/slow_callbacks.hpp"
#include "async/timer_heap.hpp"

namespace runnel {

/// A loop without I/O and with virtual time: when no task is ready, time jumps to the next timer.
/// For tests of timeouts, batches and races that are exact and do not sleep, and to run tasks turn
/// by turn.
///
///     FakeLoop loop;
///     EXPECT_EQ(run(loop, answer_after(1h)), 42);
///     EXPECT_EQ(loop.elapsed(), 1h);
class FakeLoop final : public EventLoop {
public:
    [[nodiscard]] TimePoint now() const noexcept override { return now_; }
    void post(std::coroutine_handle<> waiter) override { ready_.push(waiter); }
    void call_at(Timer& timer, TimePoint when) override { timers_.arm(timer, when); }
    void cancel(Timer& timer) noexcept override { timers_.disarm(timer); }
    void call_from_thread(std::function<void()> callback) override {
        const std::lock_guard<std::mutex> lock(calls_mutex_);
        calls_.push_back(std::move(callback));
    }
    void run_until(const bool& done) override {
        while (!done) {
            RUNNEL_ENSURE(turn(), "every task waits for something that cannot happen");
        }
    }

    /// Runs one turn: calls from threads, due timers, then ready tasks. If there are none, first
    /// moves the time to the next timer. Returns false if nothing is left to run.
    bool turn() {
        run_calls();
        if (ready_.empty() && !timers_.empty() && !has_calls()) {
            now_ = std::max(now_, *timers_.earliest());
        }
        timers_.expire_until(now_);
        if (ready_.empty()) {
            return !timers_.empty() || has_calls();
        }
        ready_.run_round();
        return true;
    }
    /// Runs turns until no task is ready and no timer is armed.
    void drain() {
        while (turn()) {
        }
    }
    /// Returns the virtual time since the loop was created.
    [[nodiscard]] Duration elapsed() const noexcept { return now_ - TimePoint(); }

private:
    [[nodiscard]] bool has_calls() {
        const std::lock_guard<std::mutex> lock(calls_mutex_);
        return !calls_.empty();
    }
    void run_calls() {
        std::vector<std::function<void()>> calls;
        {
            const std::lock_guard<std::mutex> lock(calls_mutex_);
            calls.swap(calls_);
        }
        for (const std::function<void()>& call : calls) {
            debug::call(call);
        }
    }

    std::mutex calls_mutex_;
    std::vector<std::function<void()>> calls_;
    TimePoint now_;
    ReadyQueue ready_;
    TimerHeap timers_;
};

}  // namespace runnel
