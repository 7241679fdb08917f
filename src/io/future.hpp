#pragma once

#include <condition_variable>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

#include "async/outcome.hpp"
#include "async/outcome.hpp"
#include "async/task.hpp"
#include "async/task_handle.hpp"
#include "base/deadline.hpp"
#include "base/ensure.hpp"
#include "base/source_place.hpp"

namespace runnel {

namespace detail {

/// What a Future and the task on its loop share, but for the value. Every member may be called from
/// any thread.
class FutureStateBase {
public:
    explicit FutureStateBase(SourcePlace made) noexcept : made_(made) {}
    FutureStateBase(const FutureStateBase&) = delete;
    FutureStateBase& operator=(const FutureStateBase&) = delete;

    [[nodiscard]] SourcePlace made() const noexcept { return made_; }
    [[nodiscard]] TaskState state() const;
    /// Null when it did not fail.
    [[nodiscard]] std::exception_ptr failure() const;
    [[nodiscard]] bool seen() const;

    /// Says how to ask the task to stop, and on which thread nobody may wait for it. \a ask is
    /// called only while the task is not over, with the mutex held: what it uses must live that
    /// long, and may be gone afterwards.
    void set_runner(std::thread::id thread, std::function<void()> ask);
    void cancel();
    bool wait_until(Deadline deadline);
    /// Nobody will look at the outcome.
    void abandon() noexcept;
    void begin();

protected:
    ~FutureStateBase() = default;

    /// Runs \a keep with the mutex held, and wakes those who wait.
    template <class Keep>
    void end(TaskState state, std::exception_ptr failure, Keep keep) {
        std::unique_lock<std::mutex> lock(mutex_);
        RUNNEL_ENSURE(!over(), "a Future was decided twice");
        state_ = state;
        failure_ = std::move(failure);
        ask_ = nullptr;
        keep();
        const bool unseen = abandoned_ && failure_ != nullptr;
        changed_.notify_all();
        lock.unlock();
        if (unseen) {
            report();
        }
    }
    /// Waits for the end, which is looked at from here on.
    [[nodiscard]] std::unique_lock<std::mutex> look();

private:
    [[nodiscard]] bool over() const noexcept {
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
    std::function<void()> ask_;
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
        const std::unique_lock<std::mutex> lock = look();
        RUNNEL_ENSURE(!std::exchange(taken_, outcome_.ok()), "the value of a Future was got twice");
        return outcome_.get();
    }

private:
    Outcome<T> outcome_;
    bool taken_ = false;
};

/// The duty to decide a Future. Dropped without having done so, it decides for Cancelled: so does a
/// task that was never begun.
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

/// Runs \a task and gives its ending to \a promise.
template <class T>
Task<void> fulfil(Task<T> task, Promise<T> promise) {
    promise.begin();
    Outcome<T> outcome;
    co_await collect(std::move(task), outcome);
    promise.end(std::move(outcome));
}

}  // namespace detail

/// What will come of a task on the loop of another thread (LoopThread::submit). Any thread may use
/// it, but for waiting on the thread of that loop, which would wait for itself. Dropping it leaves
/// the task running.
///
/// The end is decided once, on the loop: a value, an exception or Cancelled. get() is what looks at
/// it; a failure that nobody looks at is told to programmers (async/debug.hpp). One that was moved
/// from may only be dropped or assigned to.
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
    /// Waits at most so long; true: it is over.
    [[nodiscard]] bool wait_for(Duration limit) {
        return state_->wait_until(Deadline::within(Clock::now(), limit));
    }
    /// Waits for the end and moves the value out, once; or throws what the task threw, or
    /// Cancelled.
    T get() { return state_->take(); }
    /// Asks the task to stop, and returns at once. One that has not begun never does; one that runs
    /// may still end with a value or a failure. Nothing when it is over.
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
