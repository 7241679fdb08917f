#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/deadline.hpp"

namespace runnel {

class TimerHeap;

/// A callback at a moment. The owner must call Scheduler::cancel before it destroys an armed timer.
class Timer {
public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    [[nodiscard]] bool armed() const noexcept { return slot_ != kIdle; }
    [[nodiscard]] TimePoint when() const noexcept { return when_; }

    /// Called by the scheduler, once per arming, never inside another callback. It may mark
    /// operations as finished, post coroutines and arm timers; it must not resume a coroutine.
    virtual void expire() noexcept = 0;

protected:
    virtual ~Timer();

private:
    friend class TimerHeap;
    static constexpr std::size_t kIdle = static_cast<std::size_t>(-1);

    TimePoint when_;
    /// The sequence number of its arming, which orders timers of the same moment.
    std::uint64_t turn_ = 0;
    std::size_t slot_ = kIdle;
};

/// The interface of an event loop to coroutines. Implemented by the libuv Loop and, with virtual
/// time, by FakeLoop.
///
/// A scheduler belongs to one thread: every member except call_from_thread() must be called on it.
class Scheduler {
public:
    virtual ~Scheduler() = default;

    /// Returns monotonic time.
    [[nodiscard]] virtual TimePoint now() const noexcept = 0;
    /// Resumes \a waiter later, from the ready queue, in the order of the calls.
    virtual void post(std::coroutine_handle<> waiter) = 0;
    /// Arms or re-arms \a timer. If \a when has passed already, it expires in the next turn.
    virtual void call_at(Timer& timer, TimePoint when) = 0;
    /// Disarms \a timer; does nothing if it is not armed.
    virtual void cancel(Timer& timer) noexcept = 0;
    /// Runs \a callback on the scheduler's thread, in a later turn. The only member that other
    /// threads may call; the scheduler must outlive the call. The callback may mark operations as
    /// finished, post coroutines and arm timers; it must not resume a coroutine.
    virtual void call_from_thread(std::function<void()> callback) = 0;
};

}  // namespace runnel
