#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "base/source_place.hpp"

/// Warnings to programmers about mistakes in their use of this library. Off by default; turned on
/// by `RUNNEL_DEBUG=1` in the environment or by enable(). While off, the cost is one atomic load.
///
/// The state belongs to the process, not to a loop, because a task that was never awaited has no
/// loop. All functions here may be called from any thread.
namespace runnel::debug {

namespace detail {
extern std::atomic<bool> enabled;
}

[[nodiscard]] inline bool enabled() noexcept {
    return detail::enabled.load(std::memory_order_relaxed);
}
void enable(bool on = true) noexcept;

/// Receives one warning, a line without its newline. It may be called from any thread, one call at
/// a time, and must not throw.
using Reporter = std::function<void(std::string_view warning)>;
/// Sends warnings to \a reporter from now on. An empty one restores the default, stderr.
void report_to(Reporter reporter);
/// Writes \a warning to stderr; write errors are ignored. The default reporter.
void write_warning(std::string_view warning);
/// Passes \a warning to the reporter if debugging is on.
void report(std::string_view warning) noexcept;

/// Reports a task that was destroyed without having started; \a defined is its coroutine.
void report_never_awaited(SourcePlace defined) noexcept;
/// While an instance lives, report_never_awaited() does nothing on this thread. Covers also tasks
/// that are parameters of a dropped task.
class DropOnPurpose {
public:
    DropOnPurpose() noexcept;
    DropOnPurpose(const DropOnPurpose&) = delete;
    DropOnPurpose& operator=(const DropOnPurpose&) = delete;
    ~DropOnPurpose();
};
/// Reports a failure that was never looked at; \a made is where its task was spawned or submitted.
void report_unseen(const std::exception_ptr& failure, SourcePlace made) noexcept;

/// Returns `file.cpp:12 (function)`, the file without its directories.
[[nodiscard]] std::string to_string(SourcePlace place);
/// Returns the message of an exception, in one line.
[[nodiscard]] std::string describe(const std::exception_ptr& failure);

}  // namespace runnel::debug
