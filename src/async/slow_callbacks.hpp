#pragma once

#include <coroutine>
#include <functional>
#include <string_view>

#include "async/debug.hpp"
#include "async/scheduler.hpp"

/// A callback that blocks its loop delays every other task of the loop. With debugging on,
/// everything that a loop runs is timed, and a warning is reported when it took too long: `task
/// fetch.cpp:120 (handle) held the loop for 153 ms`, where 120 is the line at which the task
/// resumed.
namespace runnel::debug {

/// Sets the threshold for these warnings; the default is 100 ms. May be called from any thread.
void slow_after(Duration limit) noexcept;
/// Reports that \a what held its loop for \a span, if that exceeds the threshold.
void report_hold(std::string_view what, Duration span) noexcept;

namespace detail {
void resume_timed(std::coroutine_handle<> task);
void expire_timed(Timer& timer) noexcept;
void call_timed(const std::function<void()>& callback);
}  // namespace detail

/// Schedulers call these to resume tasks, expire timers and run callbacks. \a task must have a
/// detail::PromiseBase.
inline void resume(std::coroutine_handle<> task) {
    enabled() ? detail::resume_timed(task) : task.resume();
}
inline void expire(Timer& timer) noexcept {
    enabled() ? detail::expire_timed(timer) : timer.expire();
}
inline void call(const std::function<void()>& callback) {
    enabled() ? detail::call_timed(callback) : callback();
}

}  // namespace runnel::debug
