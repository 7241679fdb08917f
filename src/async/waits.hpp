#pragma once

#include <coroutine>
#include <cstdint>
#include <string>
#include <vector>

#include "async/scheduler.hpp"

namespace runnel::detail {
class Waiter;
}

/// Lists what every task waits for: the first thing to look at when a program hangs.
namespace runnel::debug {

/// Returns a line for every wait of the tasks of \a scheduler that began while debugging was on,
/// the oldest first: the kind of wait, and the chain of awaits up to the group or run() that owns
/// the task.
///
///     Sleep <- gallery.cpp:43 (fetch_one) <- gallery.cpp:55 (fetch_all) <- scope of main.cpp:60
///     (main)
///
/// The line of a coroutine is that of its current await. Equal lines are listed once, with their
/// number. Call it on the thread of \a scheduler.
[[nodiscard]] std::vector<std::string> waits(const Scheduler& scheduler);

/// Reports these lines as warnings.
void dump(const Scheduler& scheduler);

/// For detail::Waiter: registers that \a task waits in \a what, until end_wait() is called with the
/// returned number, which is not 0.
[[nodiscard]] std::uint64_t begin_wait(const runnel::detail::Waiter& what,
                                       std::coroutine_handle<> task);
void end_wait(std::uint64_t number) noexcept;

}  // namespace runnel::debug
