#pragma once

#include <atomic>
#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "base/source_place.hpp"

/// What runnel tells programmers about their own mistakes, when they ask for it: `RUNNEL_DEBUG=1`
/// in the environment, or enable(). It costs next to nothing while it is off.
///
/// This is the one thing that belongs to the process and not to a loop: a task that was never
/// awaited knows no loop. Everything here may be called from any thread.
namespace runnel::debug {

namespace detail {
extern std::atomic<bool> enabled;
}

[[nodiscard]] inline bool enabled() noexcept {
    return detail::enabled.load(std::memory_order_relaxed);
}
void enable(bool on = true) noexcept;

/// Takes one finding, a line without its end. It may be called from any thread, one call at a time,
/// and must not throw.
using Reporter = std::function<void(std::string_view finding)>;
/// Where findings go from now on; an empty \a reporter stands for stderr, as at the start.
void report_to(Reporter reporter);
/// Writes \a finding to stderr, if that takes it: what is done without a reporter.
void write_finding(std::string_view finding);
/// Tells a finding, when debugging is on.
void report(std::string_view finding) noexcept;

/// Tells of a task that died without having started; \a defined is its coroutine.
void report_never_awaited(SourcePlace defined) noexcept;
/// While one lives, this thread drops tasks on purpose: also those that were given to a task.
class DropOnPurpose {
public:
    DropOnPurpose() noexcept;
    DropOnPurpose(const DropOnPurpose&) = delete;
    DropOnPurpose& operator=(const DropOnPurpose&) = delete;
    ~DropOnPurpose();
};
/// Tells of a failure that nobody looked at; \a made is where its task was handed over.
void report_unseen(const std::exception_ptr& failure, SourcePlace made) noexcept;

/// `file.cpp:12 (function)`, the file without its folders.
[[nodiscard]] std::string to_string(SourcePlace place);
/// What a failure says of itself, one line.
[[nodiscard]] std::string describe(const std::exception_ptr& failure);

}  // namespace runnel::debug
