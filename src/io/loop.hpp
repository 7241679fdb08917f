#pragma once

#include <uv.h>

#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "async/ready_queue.hpp"
#include "async/run.hpp"
#include "async/timer_heap.hpp"
#include "base/histogram.hpp"
#include "io/handle.hpp"

namespace runnel {

/// The event loop of one thread, on libuv. Explicit: there is no global one, it is passed.
///
/// A turn is: callbacks of libuv, which only record and post; calls from other threads; due timers;
/// the tasks that are ready. With debugging on, each but libuv's is timed by itself
/// (async/slow_callbacks.hpp).
/// Timers are ours (one uv_timer_t for all of them), so a time-out costs no handle.
///
/// The destructor closes what is left, turns until libuv has let go, and requires
/// `uv_loop_close() == 0`: a handle that somebody forgot is a bug and stops the program.
class Loop final : public EventLoop {
public:
    /// Throws std::system_error when the system has no room for it: no descriptors, for example.
    Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop() override;

    [[nodiscard]] TimePoint now() const noexcept override { return Clock::now(); }
    void post(std::coroutine_handle<> waiter) override { ready_.push(waiter); }
    void call_at(Timer& timer, TimePoint when) override;
    void cancel(Timer& timer) noexcept override { timers_.disarm(timer); }
    void call_from_thread(std::function<void()> callback) override;
    void run_until(const bool& done) override;

    class BeforeWait;
    /// Runs \a callback each time the loop is about to wait for events, once per turn, for as long
    /// as what is returned lives. For work that is best done for a whole turn at once, such as
    /// handing collected output over. The callback may mark, post and arm timers; it must not begin
    /// or end a registration.
    [[nodiscard]] BeforeWait before_wait(std::function<void()> callback);

    /// How long each turn kept the loop from looking at its events.
    [[nodiscard]] const Histogram& lag() const noexcept { return lag_; }

    /// libuv's version.
    [[nodiscard]] static std::string version() { return uv_version_string(); }

    /// For io/ and the socket watchers only.
    [[nodiscard]] uv_loop_t* raw() noexcept { return &loop_; }

private:
    void run_ready();
    void wait_for_events();
    void take_events(uv_run_mode mode);
    void turn_libuv(uv_run_mode mode);
    void watch_idle_time();
    [[nodiscard]] bool arm_timer();
    void measure_lag();
    void run_calls();

    uv_loop_t loop_;
    HandlePtr<uv_timer_t> timer_;
    HandlePtr<uv_async_t> wake_;
    HandlePtr<uv_prepare_t> before_poll_;
    HandlePtr<uv_check_t> after_poll_;

    ReadyQueue ready_;
    TimerHeap timers_;
    TimePoint armed_for_ = TimePoint::max();
    TimePoint turn_ended_;
    Duration idle_when_turn_ended_ = Duration::zero();
    Duration idle_ = Duration::zero();           ///< Waited for events, since the loop was made.
    Duration measured_idle_ = Duration::zero();  ///< The same as libuv has it.
    Duration poll_began_ = Duration::zero();     ///< On libuv's clock.
    Histogram lag_;
    std::list<std::function<void()>> before_wait_;

    bool called_ = false;  ///< By another thread; on the loop's own.
    std::mutex calls_mutex_;
    std::vector<std::function<void()>> calls_;
};

/// Ends a callback of Loop::before_wait() when it dies. The loop must outlive it.
class [[nodiscard]] Loop::BeforeWait {
public:
    BeforeWait(BeforeWait&& other) noexcept
        : loop_(std::exchange(other.loop_, nullptr)), callback_(other.callback_) {}
    BeforeWait& operator=(BeforeWait&&) = delete;
    BeforeWait(const BeforeWait&) = delete;
    BeforeWait& operator=(const BeforeWait&) = delete;
    ~BeforeWait() {
        if (loop_ != nullptr) {
            loop_->before_wait_.erase(callback_);
        }
    }

private:
    friend class Loop;
    BeforeWait(Loop& loop, std::list<std::function<void()>>::iterator callback) noexcept
        : loop_(&loop), callback_(callback) {}

    Loop* loop_;
    std::list<std::function<void()>>::iterator callback_;
};

}  // namespace runnel
