#pragma once

#include <coroutine>
#include <stop_token>

#include "async/scheduler.hpp"

namespace runnel {

/// Where a tree of tasks runs and how it is asked to stop. A task borrows the context of the task
/// that awaits it; a new one is made only by those who can stop their children apart from
/// themselves (TaskGroup and what is built on it) or keep a stop away from them (shield).
struct Context {
    Scheduler* scheduler = nullptr;
    std::stop_token stop;
};

namespace detail {

/// What every coroutine of ours knows: its context. Borrowed from the awaiting parent, which
/// outlives it.
struct PromiseBase {
    const Context* context = nullptr;
};

struct ContextAwaiter {
    const Context* context = nullptr;
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> self) noexcept {
        context = self.promise().context;
        return false;
    }
    const Context& await_resume() const noexcept { return *context; }
};

}  // namespace detail

namespace this_task {

/// `const Context& context = co_await this_task::context();` Never suspends. The reference lives as
/// long as the calling task.
[[nodiscard]] inline detail::ContextAwaiter context() noexcept { return {}; }

}  // namespace this_task
}  // namespace runnel
