#pragma once

#include <stop_token>
#include <utility>

#include "async/outcome.hpp"

namespace runnel {

/// A scheduler that its owner can run.
class EventLoop : public Scheduler {
public:
    /// Runs turns until \a done is true. If nothing is left to wait for, a FakeLoop aborts the
    /// program, and a Loop waits for a call from another thread.
    virtual void run_until(const bool& done) = 0;
};

namespace detail {

template <class T>
Driver drive_root(const Context& /*context*/, Task<T> task, Outcome<T>& outcome, bool& done) {
    co_await collect(std::move(task), outcome);
    done = true;
}

}  // namespace detail

/// Runs \a loop until \a task has ended; returns its value or throws its exception. The way from
/// ordinary code into tasks: call it outside of any task. A stop request on \a stop reaches the
/// task as Cancelled.
template <class T>
T run(EventLoop& loop, Task<T> task, std::stop_token stop = std::stop_token(),
      SourcePlace made = SourcePlace::here()) {
    Context context;
    context.made = made;
    context.scheduler = &loop;
    context.stop = std::move(stop);
    Outcome<T> outcome;
    bool done = false;
    detail::drive_root(context, std::move(task), outcome, done);
    loop.run_until(done);
    return outcome.get();
}

}  // namespace runnel
