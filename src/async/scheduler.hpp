#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/deadline.hpp"

namespace runnel {

class TimerHeap;

/// Something to be done at a moment. Owned by whoever waits; it must be taken back with
/// Scheduler::cancel before it is destroyed while armed.
class Timer {
public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    [[nodiscard]] bool armed() const noexcept { return slot_ != kIdle; }
    [[nodiscard]] TimePoint when() const noexcept { return when_; }

    /// Called by the scheduler, once per arming, never inside another callback. It may mark, post
    /// and arm timers; it resumes nobody.
    virtual void expire() noexcept = 0;

protected:
    virtual ~Timer();

private:
    friend class TimerHeap;
    static constexpr std::size_t kIdle = static_cast<std::size_t>(-1);

    TimePoint when_;
    /// The number of its arming, counted by the heap: the tie-break between equal moments.
    std::uint64_t turn_ = 0;
    std::size_t slot_ = kIdle;
};

/// What coroutines need of a loop, and all they know of it. The uv loop implements it, and so does
/// the FakeLoop of the tests, whose time is virtual.
///
/// One thread owns a scheduler: every member is called on it, but for call_from_thread().
class Scheduler {
public:
    virtual ~Scheduler() = default;

    /// Monotonic; does not go back.
    [[nodiscard]] virtual TimePoint now() const noexcept = 0;
    /// Resumes \a waiter later, from the ready queue, in the order of the calls.
    virtual void post(std::coroutine_handle<> waiter) = 0;
    /// Arms (or re-arms) \a timer. A moment that has passed expires at the next turn.
    virtual void call_at(Timer& timer, TimePoint when) = 0;
    /// Takes \a timer back; an idle one is left as it is.
    virtual void cancel(Timer& timer) noexcept = 0;
    /// Runs \a callback on the scheduler's thread, in a later turn. The only member that other
    /// threads may call; the scheduler must outlive them. The callback may mark, post and arm
    /// timers; it resumes nobody.
    virtual void call_from_thread(std::function<void()> callback) = 0;
};

}  // namespace runnel
