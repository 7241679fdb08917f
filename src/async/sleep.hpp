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

/// Waits until \a until. A stop request ends the wait early with Cancelled.
[[nodiscard]] inline detail::SleepAwaiter sleep_until(Deadline until) noexcept {
    return detail::SleepAwaiter(until);
}

/// Waits \a span from the start of the await. A span of zero still lets all ready tasks run once.
[[nodiscard]] inline detail::SleepAwaiter sleep_for(Duration span) noexcept {
    return detail::SleepAwaiter(span);
}

/// Lets every ready task run before this one continues.
[[nodiscard]] inline detail::YieldAwaiter yield_now() noexcept { return detail::YieldAwaiter(); }

}  // namespace runnel
