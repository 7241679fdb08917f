#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "async/context.hpp"
#include "async/debug.hpp"
#include "base/ensure.hpp"

namespace runnel {

template <class T>
class Task;

namespace detail {

struct TaskPromiseBase : PromiseBase {
    std::exception_ptr exception;
    bool cancelled = false;
    /// Whether one of two events has happened: the child has ended, or the parent has suspended.
    /// The event that finds it set continues the parent (docs/coroutines.md).
    bool met = false;

    struct FinalAwaiter {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> self) noexcept {
            TaskPromiseBase& promise = self.promise();
            if (std::exchange(promise.met, true)) {
                promise.context->scheduler->post(promise.parent);
            }
        }
        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }
    FinalAwaiter final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept {
        try {
            throw;
        } catch (const Cancelled&) {
            cancelled = true;
        } catch (...) {
            exception = std::current_exception();
        }
    }
    void rethrow() const {
        if (cancelled) {
            throw Cancelled();
        }
        if (exception) {
            std::rethrow_exception(exception);
        }
    }
};

template <class T>
struct TaskPromise : TaskPromiseBase {
    std::optional<T> value;

    Task<T> get_return_object(SourcePlace defined = SourcePlace::here()) noexcept;
    template <class U>
    void return_value(U&& result) {
        value.emplace(std::forward<U>(result));
    }
    T take() {
        rethrow();
        return std::move(*value);
    }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
    Task<void> get_return_object(SourcePlace defined = SourcePlace::here()) noexcept;
    void return_void() const noexcept {}
    void take() const { rethrow(); }
};

}  // namespace detail

/// A piece of asynchronous work that returns a T.
///
/// Lazy: nothing runs until it is awaited. Awaiting runs it inline until it finishes or suspends.
/// If it suspends, the awaiting parent is resumed later from the scheduler's ready queue, never
/// inside a callback. So the stack depth is that of the calls in the source: a loop that awaits
/// does not deepen it (measurements: docs/coroutines.md).
///
/// Await it exactly once, as an rvalue, or hand it to a TaskGroup. The frame is destroyed with the
/// Task. A task that was never started may be dropped; with debugging on this is a warning
/// (async/debug.hpp), because it is usually a forgotten `co_await`. Destroying a suspended task
/// aborts the program: a task cannot be cancelled by destroying it.
///
/// Exceptions and Cancelled come out of the `co_await`. The stop token is that of the parent.
template <class T = void>
class [[nodiscard]] Task {
public:
    using promise_type = detail::TaskPromise<T>;

    Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
    Task& operator=(Task&& other) noexcept {
        if (this != &other) {
            destroy();
            frame_ = std::exchange(other.frame_, nullptr);
        }
        return *this;
    }
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() { destroy(); }

    class Awaiter {
    public:
        explicit Awaiter(std::coroutine_handle<promise_type> child) noexcept : child_(child) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> parent, int line = __builtin_LINE()) {
            RUNNEL_ENSURE(child_ && !child_.promise().parent, "a Task was awaited twice");
            promise_type& promise = child_.promise();
            detail::PromiseBase& awaiting = detail::promise_of(parent);
            awaiting.at.line = line;
            promise.context = awaiting.context;
            promise.parent = parent;
            child_.resume();
            return !std::exchange(promise.met, true);
        }
        T await_resume() { return child_.promise().take(); }

    private:
        std::coroutine_handle<promise_type> child_;
    };

    Awaiter operator co_await() && noexcept { return Awaiter(frame_); }

    /// Drops a task that is deliberately not run, without a debug warning. It must not have
    /// started.
    void discard() && noexcept {
        RUNNEL_ENSURE(!frame_ || !frame_.promise().parent, "a Task was discarded after its start");
        if (frame_) {
            const debug::DropOnPurpose no_warning;
            std::exchange(frame_, nullptr).destroy();
        }
    }

private:
    friend promise_type;
    explicit Task(std::coroutine_handle<promise_type> frame) noexcept : frame_(frame) {}

    void destroy() noexcept {
        if (frame_) {
            const detail::PromiseBase& promise = frame_.promise();
            if (!promise.parent) {
                debug::report_never_awaited(promise.at);
            }
            RUNNEL_ENSURE(frame_.done() || !promise.parent, "a suspended Task was destroyed");
            frame_.destroy();
        }
    }

    std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
Task<T> TaskPromise<T>::get_return_object(SourcePlace defined) noexcept {
    at = defined;
    return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}

inline Task<void> TaskPromise<void>::get_return_object(SourcePlace defined) noexcept {
    at = defined;
    return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}

/// The coroutine type at the root of a tree of tasks. Starts at once, in the context that is its
/// first argument, and frees its own frame at the end. Only TaskGroup and run() make one, because
/// its creator must track when it ends. No exception may leave it.
struct Driver {
    struct promise_type : PromiseBase {
        template <class... Rest>
        explicit promise_type(const Context& given, Rest&... /*rest*/) noexcept {
            context = &given;
        }
        Driver get_return_object(SourcePlace defined = SourcePlace::here()) noexcept {
            at = defined;
            return {};
        }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
};

}  // namespace detail
}  // namespace runnel
