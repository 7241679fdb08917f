#pragma once

#include <concepts>
#include <coroutine>
#include <stop_token>

#include "async/scheduler.hpp"
#include "base/source_place.hpp"

namespace runnel {

/// Where a tree of tasks runs and how it is asked to stop. A task borrows the context of the task
/// that awaits it; a new one is made only by those who can stop their children apart from
/// themselves (TaskGroup and what is built on it) or keep a stop away from them (shield).
struct Context {
    Scheduler* scheduler = nullptr;
    std::stop_token stop;
    SourcePlace made = {};  ///< Of the group or run() that made it, for messages to programmers.
};

namespace detail {

/// What every coroutine of ours knows, and all that is known of one that is ready. It is the first
/// base of every promise: see promise_of().
struct PromiseBase {
    const Context* context = nullptr;  ///< Borrowed from the parent, which outlives it.
    std::coroutine_handle<> parent;    ///< Who awaits it; null before that, and at a root.
    /// Its function, and the line at which it awaited last; before that the line of its definition
    /// (clang) or of the end of it (g++). For messages to programmers.
    SourcePlace at;
};

/// The knowledge of a coroutine of which only the address is known. It lies where the frame has its
/// promise, because promise_of() of the typed handle lets no promise through whose alignment would
/// move it: g++ and clang put it behind two pointers, and then align it.
[[nodiscard]] inline PromiseBase& promise_of(std::coroutine_handle<> coroutine) noexcept {
    return std::coroutine_handle<PromiseBase>::from_address(coroutine.address()).promise();
}
template <std::derived_from<PromiseBase> Promise>
[[nodiscard]] PromiseBase& promise_of(std::coroutine_handle<Promise> coroutine) noexcept {
    static_assert(alignof(Promise) <= 2 * sizeof(void*), "a task cannot give so aligned a value");
    return coroutine.promise();
}

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
