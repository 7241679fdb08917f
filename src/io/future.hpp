#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "async/outcome.hpp"
#include "async/task.hpp"
#include "async/task_handle.hpp"
#include "base/deadline.hpp"
#include "base/ensure.hpp"
#include "base/source_place.hpp"

namespace runnel {

namespace detail {

/// The state that a Future shares with the task on its loop, except the value. Every member may be
/// called from any thread.
class FutureStateBase {
public:
    explicit FutureStateBase(SourcePlace made) noexcept : made_(made) {}
    FutureStateBase(const FutureStateBase&) = delete;
    FutureStateBase& operator=(const FutureStateBase&) = delete;

    [[nodiscard]] SourcePlace made() const noexcept { return made_; }
    [[nodiscard]] TaskState state() const;
    /// Returns the failure of the task; null if it did not fail.
    [[nodiscard]] std::exception_ptr failure() const;
    /// Whether the outcome was retrieved.
    [[nodiscard]] bool seen() const;

    /// Sets how to ask the task to stop, and the thread that must not wait for it. \a request_stop
    /// is called with the mutex held, and not after the task has ended: what it uses may be
    /// destroyed then.
    void set_runner(std::thread::id thread, std::function<void()> request_stop);
    void cancel();
    bool wait_until(Deadline deadline);
    /// Records that the outcome will not be retrieved.
    void abandon() noexcept;
    void begin();

protected:
    ~FutureStateBase() = default;

    /// Calls \a store_value with the mutex held, and wakes the waiting threads.
    template <class StoreValue>
    void end(TaskState state, std::exception_ptr failure, StoreValue store_value) {
        std::unique_lock<std::mutex> lock(mutex_);
        RUNNEL_ENSURE(!ended(), "a Future was completed twice");
        state_ = state;
        failure_ = std::move(failure);
        request_stop_ = nullptr;
        store_value();
        const bool unseen = abandoned_ && failure_ != nullptr;
        changed_.notify_all();
        lock.unlock();
        if (unseen) {
            report();
        }
    }
    /// Waits until the task has ended, and marks the outcome as seen.
    [[nodiscard]] std::unique_lock<std::mutex> wait_for_outcome();

private:
    [[nodiscard]] bool ended() const noexcept {
        return state_ == TaskState::Done || state_ == TaskState::Cancelled;
    }
    void require_other_thread() const;
    void report() const noexcept;

    const SourcePlace made_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    TaskState state_ = TaskState::Pending;
    std::exception_ptr failure_;
    bool seen_ = false;
    bool abandoned_ = false;
    std::thread::id thread_;
    std::function<void()> request_stop_;
};

template <class T>
class FutureState final : public FutureStateBase {
public:
    using FutureStateBase::FutureStateBase;

    void end(Outcome<T> outcome) {
        const TaskState state = outcome.cancelled() ? TaskState::Cancelled : TaskState::Done;
        std::exception_ptr failure = outcome.exception();
        FutureStateBase::end(state, std::move(failure), [&] { outcome_ = std::move(outcome); });
    }
    T take() {
        const std::unique_lock<std::mutex> lock = wait_for_outcome();
        RUNNEL_ENSURE(!std::exchange(taken_, outcome_.ok()),
                      "the value of a Future was retrieved twice");
        return outcome_.get();
    }

private:
    Outcome<T> outcome_;
    bool taken_ = false;
};

/// Completes a Future. If it is destroyed before it has done so, as when the task never starts, the
/// Future is Cancelled.
template <class T>
class Promise {
public:
    explicit Promise(std::shared_ptr<FutureState<T>> state) noexcept : state_(std::move(state)) {}
    Promise(Promise&&) noexcept = default;
    Promise& operator=(Promise&&) = delete;
    Promise(const Promise&) = delete;
    Promise& operator=(const Promise&) = delete;
    ~Promise() {
        if (state_) {
            state_->end(Outcome<T>());
        }
    }

    void begin() { state_->begin(); }
    void end(Outcome<T> outcome) { std::exchange(state_, nullptr)->end(std::move(outcome)); }

private:
    std::shared_ptr<FutureState<T>> state_;
};

/// Runs \a task and passes its outcome to \a promise.
template <class T>
Task<void> fulfil(Task<T> task, Promise<T> promise) {
    promise.begin();
    Outcome<T> outcome;
    co_await collect(std::move(task), outcome);
    promise.end(std::move(outcome));
}

}  // namespace detail

/// The future outcome of a task on the loop of another thread (LoopThread::submit): a value, an
/// exception or Cancelled. Any thread may use it, but the thread of that loop must not wait,
/// because it would wait for itself. Dropping it leaves the task running.
///
/// A failure that no get() has thrown is reported to the programmer (async/debug.hpp). A moved-from
/// Future may only be destroyed or assigned to.
template <class T>
class [[nodiscard]] Future {
public:
    explicit Future(std::shared_ptr<detail::FutureState<T>> state) noexcept
        : state_(std::move(state)) {}
    Future(Future&& other) noexcept = default;
    Future& operator=(Future&& other) noexcept {
        if (this != &other) {
            abandon();
            state_ = std::move(other.state_);
        }
        return *this;
    }
    Future(const Future&) = delete;
    Future& operator=(const Future&) = delete;
    ~Future() { abandon(); }

    [[nodiscard]] TaskState state() const { return state_->state(); }
    /// Waits at most \a limit. Returns whether the task has ended.
    [[nodiscard]] bool wait_for(Duration limit) {
        return state_->wait_until(Deadline::within(Clock::now(), limit));
    }
    /// Waits until the task has ended, and moves the value out; or throws what the task threw, or
    /// Cancelled. A value can be retrieved once.
    T get() { return state_->take(); }
    /// Asks the task to stop, and returns at once. A task that has not begun never will; a running
    /// one may still end with a value or a failure. Does nothing if the task has ended.
    void cancel() { state_->cancel(); }

private:
    void abandon() noexcept {
        if (state_) {
            state_->abandon();
        }
    }

    std::shared_ptr<detail::FutureState<T>> state_;
};

}  // namespace runnel
