#pragma once

#include "async/waiter.hpp"

namespace runnel {

/// A flag that tasks can wait for. Stays set until clear(). Must outlive its waiters.
class Event {
    class WaitAwaiter final : detail::Waiter {
    public:
        WaitAwaiter(Event& event, Deadline deadline) noexcept
            : event_(event), deadline_(deadline) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!enter(self, line) || event_.set_) {
                return false;
            }
            wait_in(&event_.waiters_, deadline_);
            return true;
        }
        /// Returns false if the deadline passed first.
        bool await_resume() { return !leave(); }

    private:
        Event& event_;
        Deadline deadline_;
    };

public:
    [[nodiscard]] bool is_set() const noexcept { return set_; }

    /// Sets the flag and posts every waiter, in the order of their waits.
    void set() noexcept {
        set_ = true;
        while (detail::Waiter* waiter = waiters_.first()) {
            waiter->finish();
        }
    }
    void clear() noexcept { set_ = false; }

    /// Waits until the event is set; returns at once if it is. Throws Cancelled if stop is
    /// requested first.
    [[nodiscard]] WaitAwaiter wait() noexcept { return WaitAwaiter(*this, Deadline::never()); }
    /// The same with a limit: returns false if \a deadline passed first, otherwise true.
    [[nodiscard]] WaitAwaiter wait_until(Deadline deadline) noexcept {
        return WaitAwaiter(*this, deadline);
    }

private:
    detail::WaiterList waiters_;
    bool set_ = false;
};

}  // namespace runnel
