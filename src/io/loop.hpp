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

/// The event loop of one thread, on libuv. There is no global loop; it is passed explicitly.
///
/// A turn runs libuv's callbacks; then calls from other threads; due timers; and the ready tasks.
/// Callbacks never resume a task: they run libcurl, record the result and post. With debugging on,
/// each call from another thread, timer, task and callback of before_wait() is timed by itself, and
/// libuv's callbacks of a turn are timed together (async/slow_callbacks.hpp). All timers share one
/// uv_timer_t, so a timeout needs no handle.
///
/// The destructor closes the loop's own handles and runs until no handle is active. All others must
/// be closed by then: it does not return while one is active. A handle that is open but not active,
/// an armed timer or a registered callback aborts the program.
class Loop final : public EventLoop {
public:
    /// Throws std::system_error if the system lacks resources for it, such as descriptors. If
    /// descriptors are lacking, libuv may abort the program instead (seen with 1.50).
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
    /// Calls \a callback once per turn, before the loop waits for events, as long as the returned
    /// object lives. For work that is best done once per turn, such as passing on collected output.
    /// The callback may set events, post tasks and arm timers; it must not call before_wait() or
    /// destroy a BeforeWait.
    [[nodiscard]] BeforeWait before_wait(std::function<void()> callback);

    /// Returns the time of each turn that was not spent waiting for events.
    [[nodiscard]] const Histogram& lag() const noexcept { return lag_; }

    /// Makes libuv call out_of_memory() when an allocation fails (base/out_of_memory.hpp). To be
    /// called once, before there is a loop.
    static void require_memory();

    /// Returns the version of libuv.
    [[nodiscard]] static std::string version() { return uv_version_string(); }

    /// Returns libuv's loop. For src/io only.
    [[nodiscard]] uv_loop_t* raw() noexcept { return &loop_; }

private:
    void run_ready();
    void wait_for_events();
    void take_events(uv_run_mode mode);
    void run_libuv(uv_run_mode mode);
    void start_measuring_idle_time();
    void on_wake() { called_ = true; }
    void on_timer();
    void on_poll_begin();
    void on_poll_end();
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
    Duration idle_ = Duration::zero();           ///< Time spent waiting for events so far.
    Duration measured_idle_ = Duration::zero();  ///< The same as measured by libuv.
    /// Start of the current wait, on the clock of uv_hrtime().
    Duration poll_began_ = Duration::zero();
    Histogram lag_;
    std::list<std::function<void()>> before_wait_;

    bool called_ = false;  ///< Another thread has added to calls_. For the loop's thread only.
    std::mutex calls_mutex_;
    std::vector<std::function<void()>> calls_;
};

/// Unregisters a callback of Loop::before_wait() when destroyed. The loop must outlive it.
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
