#pragma once

#include <coroutine>
#include <functional>
#include <string_view>

#include "async/debug.hpp"
#include "async/scheduler.hpp"

/// Whoever holds a loop keeps every other task of it waiting. With debugging on, each thing that a
/// loop runs is timed, and told when it took too long: `task fetch.cpp:120 (handle) held the loop
/// for 153 ms`, where 120 is the line at which that task went on.
namespace runnel::debug {

/// What holds a loop longer than \a limit is told; 100 ms at the start. From any thread.
void slow_after(Duration limit) noexcept;
/// Tells that \a what held its loop for \a span, if that is too long.
void report_hold(std::string_view what, Duration span) noexcept;

namespace detail {
void resume_timed(std::coroutine_handle<> task);
void expire_timed(Timer& timer) noexcept;
void call_timed(const std::function<void()>& callback);
}  // namespace detail

/// What schedulers run their things by; while debugging is off it costs the look at the flag.
/// \a task: a coroutine of ours.
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
