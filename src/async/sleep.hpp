#pragma once

#include "async/waiter.hpp"

namespace runnel {

namespace detail {

class SleepAwaiter final : Waiter {
public:
    explicit SleepAwaiter(Deadline until) noexcept : until_(until) {}
    explicit SleepAwaiter(Duration span) noexcept : span_(span) {}
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
        if (!enter(self, line)) {
            return false;
        }
        if (span_ > Duration::zero()) {
            until_ = Deadline::after(scheduler().now(), span_);
        }
        wait_in(nullptr, until_);
        return true;
    }
    void await_resume() { leave(); }

private:
    Deadline until_ = Deadline(TimePoint::min());
    Duration span_ = Duration::zero();
};

class YieldAwaiter final : Waiter {
public:
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
        if (!enter(self, line)) {
            return false;
        }
        wait_in(nullptr);
        finish();
        return true;
    }
    void await_resume() { leave(); }
};

}  // namespace detail

/// Resumes at \a until, from the ready queue; a stop ends it early with Cancelled.
[[nodiscard]] inline detail::SleepAwaiter sleep_until(Deadline until) noexcept {
    return detail::SleepAwaiter(until);
}

/// Resumes \a span after the await began. A span of zero still lets everybody else have a turn.
[[nodiscard]] inline detail::SleepAwaiter sleep_for(Duration span) noexcept {
    return detail::SleepAwaiter(span);
}

/// Lets every task that is ready run before this one goes on.
[[nodiscard]] inline detail::YieldAwaiter yield_now() noexcept { return detail::YieldAwaiter(); }

}  // namespace runnel
