#pragma once

#include <concepts>
#include <utility>

#include "async/run.hpp"
#include "io/loop.hpp"

namespace runnel {

/// The door from ordinary code into tasks: makes a loop, turns it on this thread until \a task has
/// ended, and gives its value or throws its exception. Everything that the task started has ended
/// by then.
///
///     int main() { return run(serve()); }
///
/// Several threads may do so at once, each with a loop of its own. Not to be called from a task.
template <class T>
T run(Task<T> task) {
    Loop loop;
    return run(loop, std::move(task));
}

/// The same for a task that needs the loop itself, as clients, processes and sockets do:
///
///     run([](Loop& loop) -> Task<void> { ... });
///
/// \a main lives until its task has ended, so a lambda may use what it captured.
template <std::invocable<Loop&> Main>
auto run(Main main) {
    Loop loop;
    return run(loop, main(loop));
}

}  // namespace runnel
