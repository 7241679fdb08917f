#pragma once

#include <utility>

#include "async/collect.hpp"
#include "async/task.hpp"

namespace runnel {

namespace detail {

/// Gives the calling coroutine, and so what it awaits from here on, another context.
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

/// Awaits \a task where no stop reaches it: for steps that must not be separated, such as
/// delivering a result and writing down that it was delivered. The caller hears of a stop at its
/// next wait.
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
