#pragma once

#include <coroutine>
#include <cstdint>
#include <string>
#include <vector>

#include "async/scheduler.hpp"

namespace runnel::detail {
class Waiter;
}

/// Who waits for what, and on whose behalf: what to look at when a program hangs.
namespace runnel::debug {

/// A line for every wait of the tasks of \a scheduler that began while debugging was on, the oldest
/// first: what waits, and the chain of awaits up to the group or the run() that it belongs to.
///
///     Sleep <- gallery.cpp:43 (fetch_one) <- gallery.cpp:55 (fetch_all) <- scope of main.cpp:60
///     (main)
///
/// The line of a coroutine is that at which it waits. Equal ones are told once, with their number.
/// On the thread of \a scheduler.
[[nodiscard]] std::vector<std::string> waits(const Scheduler& scheduler);

/// Tells them as findings.
void dump(const Scheduler& scheduler);

/// For detail::Waiter: \a task waits in \a what from here on, until end_wait() gets the number that
/// this gives.
[[nodiscard]] std::uint64_t begin_wait(const runnel::detail::Waiter& what,
                                       std::coroutine_handle<> task);
void end_wait(std::uint64_t number) noexcept;

}  // namespace runnel::debug
