#pragma once

#include <utility>

#include "async/outcome.hpp"

namespace runnel {

namespace detail {

/// Switches the calling coroutine, and so what it awaits from here on, to another context.
struct SwitchContext {
    const Context* to;
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> self) const noexcept {
        self.promise().context = to;
        return false;
    }
    void await_resume() const noexcept {}
};

}  // namespace detail

/// Awaits \a task and protects it from stop requests: for steps that must complete together, such
/// as delivering a result and recording the delivery. A stop that arrives meanwhile is thrown as
/// Cancelled by the caller's next wait.
template <class T>
Task<T> shield(Task<T> task) {
    const Context& outer = co_await this_task::context();
    Context shielded;
    shielded.scheduler = outer.scheduler;
    const detail::SwitchContext enter{&shielded};
    const detail::SwitchContext leave{&outer};
    Outcome<T> outcome;
    co_await enter;
    co_await detail::collect(std::move(task), outcome);
    co_await leave;
    co_return outcome.get();
}

}  // namespace runnel
