#pragma once

#include <concepts>
#include <coroutine>
#include <stop_token>

#include "async/scheduler.hpp"
#include "base/source_place.hpp"

namespace runnel {

/// Thrown out of a `co_await` when stop was requested. Not derived from std::exception, so that
/// `catch (const std::exception&)` around a step does not swallow the request.
struct Cancelled {};

/// The scheduler and the stop token of a tree of tasks. A task borrows the context of the task that
/// awaits it. A new one is made only to stop children separately from their parent (TaskGroup and
/// what is built on it) or to protect them from a stop (shield).
struct Context {
    Scheduler* scheduler = nullptr;
    std::stop_token stop;
    SourcePlace made = {};  ///< Where the group or run() was called. For debug warnings.
};

namespace detail {

/// The state common to all coroutines of this library. It is the first base of every promise: see
/// promise_of().
struct PromiseBase {
    const Context* context = nullptr;  ///< Borrowed from the parent, which outlives it.
    std::coroutine_handle<> parent;    ///< The awaiting coroutine; null before that and at a root.
    /// Its function, and the line of its last await; before the first await the line at which its
    /// definition begins (clang) or ends (g++). For debug warnings.
    SourcePlace at;
};

/// Returns the state of a coroutine of which only the address is known. This is the promise of the
/// frame: compilers put it behind two pointers and then align it, and promise_of() of the typed
/// handle refuses promises whose alignment would move it.
[[nodiscard]] inline PromiseBase& promise_of(std::coroutine_handle<> coroutine) noexcept {
    return std::coroutine_handle<PromiseBase>::from_address(coroutine.address()).promise();
}
template <std::derived_from<PromiseBase> Promise>
[[nodiscard]] PromiseBase& promise_of(std::coroutine_handle<Promise> coroutine) noexcept {
    static_assert(alignof(Promise) <= 2 * sizeof(void*),
                  "the value of a task must not be over-aligned");
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

struct StopCheck : ContextAwaiter {
    void await_resume() const {
        if (context->stop.stop_requested()) {
            throw Cancelled();
        }
    }
};

}  // namespace detail

namespace this_task {

/// `const Context& context = co_await this_task::context();` Never suspends. The reference lives as
/// long as the calling task.
[[nodiscard]] inline detail::ContextAwaiter context() noexcept { return {}; }

/// `co_await this_task::throw_if_stopped();` Throws Cancelled if stop was requested. Never
/// suspends.
[[nodiscard]] inline detail::StopCheck throw_if_stopped() noexcept { return {}; }

}  // namespace this_task
}  // namespace runnel
