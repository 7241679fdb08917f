#pragma once

#include <concepts>
#include <utility>

#include "async/run.hpp"
#include "io/loop.hpp"

namespace runnel {

/// Runs \a task on a new loop in this thread, and returns its value or throws its exception. By
/// then everything that the task started has ended.
///
///     int main() { return run(serve()); }
///
/// May be called by several threads at once, but not from a task.
template <class T>
T run(Task<T> task) {
    Loop loop;
    return run(loop, std::move(task));
}

/// The same for a task that needs the loop, for clients, processes and sockets:
///
///     run([](Loop& loop) -> Task<void> { ... });
///
/// \a main lives until its task has ended, so a lambda may use its captures.
template <std::invocable<Loop&> Main>
auto run(Main main) {
    Loop loop;
    return run(loop, main(loop));
}

}  // namespace runnel
