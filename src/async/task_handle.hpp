#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "async/event.hpp"
#include "async/outcome.hpp"
#include "async/shield.hpp"
#include "base/ensure.hpp"
#include "base/source_place.hpp"

namespace runnel {

/// The state of a spawned or submitted task: not yet started (Pending), Running, or ended with a
/// value or a failure (Done) or by a stop (Cancelled).
enum class TaskState { Pending, Running, Done, Cancelled };

namespace detail {

/// Resumes the awaiting coroutine in the next round of the ready queue, and ignores stop requests;
/// the coroutine must check for one itself.
struct NextTurn {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) const {
        self.promise().context->scheduler->post(self);
    }
    void await_resume() const noexcept {}
};

/// The callback of a stop_callback that passes a stop request on to a nested stop source.
struct PassStopOn {
    std::stop_source stop;
    void operator()() noexcept { stop.request_stop(); }
};

/// The state shared by a spawned task, its handles and its group.
class SpawnedTaskBase {
public:
    SpawnedTaskBase(Scheduler& scheduler, SourcePlace made) noexcept
        : scheduler_(scheduler), made_(made) {}
    SpawnedTaskBase(const SpawnedTaskBase&) = delete;
    SpawnedTaskBase& operator=(const SpawnedTaskBase&) = delete;
    [[nodiscard]] TaskState state() const noexcept { return state_; }
    [[nodiscard]] bool is_done() const noexcept { return done_.is_set(); }
    [[nodiscard]] SourcePlace made() const noexcept { return made_; }
    [[nodiscard]] Event& done() noexcept { return done_; }
    void request_stop() noexcept { stop_.request_stop(); }
    void on_done(std::function<void()> callback);

    [[nodiscard]] bool failed() const noexcept { return failure_ != nullptr; }
    [[nodiscard]] bool seen() const noexcept { return seen_; }
    /// Returns the failure and marks it as seen; null if the task did not fail.
    [[nodiscard]] const std::exception_ptr& look_at_failure() noexcept {
        seen_ = true;
        return failure_;
    }

protected:
    /// Reports a failure that was never looked at.
    ~SpawnedTaskBase();

    [[nodiscard]] const std::stop_source& stop() const noexcept { return stop_; }
    void begin() noexcept { state_ = TaskState::Running; }
    /// Wakes waiters and runs the callbacks. Called on the loop, outside other callbacks.
    void end(TaskState state, std::exception_ptr failure) noexcept;

private:
    Scheduler& scheduler_;
    SourcePlace made_;
    std::stop_source stop_;
    TaskState state_ = TaskState::Pending;
    std::exception_ptr failure_;
    bool seen_ = false;
    Event done_;
    std::vector<std::function<void()>> callbacks_;
};

template <class T>
class SpawnedTask final : public SpawnedTaskBase {
public:
    using SpawnedTaskBase::SpawnedTaskBase;

    /// Runs \a task from spawn to end, as a child of its group. Throws nothing.
    static Task<void> run(std::shared_ptr<SpawnedTask> self, Task<T> task) {
        const Context& group = co_await this_task::context();
        const std::stop_callback<PassStopOn> follow(group.stop, PassStopOn{self->stop()});
        co_await NextTurn();
        if (self->stop().stop_requested()) {
            // Its arguments are destroyed before its end is announced.
            std::move(task).discard();
        } else {
            co_await self->run_body(group, std::move(task));
        }
        const bool cancelled = self->outcome_.cancelled();
        self->end(cancelled ? TaskState::Cancelled : TaskState::Done, self->outcome_.exception());
    }

    [[nodiscard]] std::add_lvalue_reference_t<T> result() {
        static_cast<void>(look_at_failure());
        return outcome_.value();
    }

private:
    Task<void> run_body(const Context& group, Task<T> task) {
        Context own;
        own.scheduler = group.scheduler;
        own.stop = stop().get_token();
        own.made = made();
        begin();
        const SwitchContext enter{&own};
        const SwitchContext leave{&group};
        co_await enter;
        co_await collect(std::move(task), outcome_);
        co_await leave;
    }

    Outcome<T> outcome_;
};

}  // namespace detail

/// A handle of a task started by TaskGroup::spawn(): its state and result, and a way to stop it.
/// Copies refer to the same task. Dropping a handle does not stop the task; a handle may outlive
/// the group and the loop. Use it on the loop's thread only.
///
/// A failure counts as seen once result() or failure() was called; wait() does not throw it. An
/// unseen failure is thrown by the group's join(). If join() threw another one, it is reported as a
/// debug warning (async/debug.hpp) when the last handle is destroyed.
template <class T = void>
class TaskHandle {
public:
    [[nodiscard]] TaskState state() const noexcept { return task_->state(); }
    /// Returns whether the task has ended: Done or Cancelled. The state is final then.
    [[nodiscard]] bool is_done() const noexcept { return task_->is_done(); }
    /// Returns where it was spawned.
    [[nodiscard]] SourcePlace made() const noexcept { return task_->made(); }

    /// Requests the task to stop. If it is Pending, its body never runs. If it is Running, its
    /// current or next wait throws Cancelled; it may still end with a value or a failure. Does
    /// nothing if it has ended.
    void cancel() noexcept { task_->request_stop(); }

    /// Runs \a callback when the task has ended, in the order of registration. If it has ended
    /// already, runs it in a later turn; the loop must still exist then. The callback may set
    /// events and spawn tasks; it must not throw.
    void on_done(std::function<void()> callback) { task_->on_done(std::move(callback)); }

    /// Waits until the task has ended. Does not throw its failure; throws Cancelled only if the
    /// waiting task itself is asked to stop.
    [[nodiscard]] auto wait() noexcept { return task_->done().wait(); }
    /// The same with a limit: returns false if \a deadline passed first. The task keeps running.
    [[nodiscard]] auto wait_until(Deadline deadline) noexcept {
        return task_->done().wait_until(deadline);
    }

    /// Returns the value, which lives as long as any handle; throws the task's failure or
    /// Cancelled. Requires is_done().
    [[nodiscard]] std::add_lvalue_reference_t<T> result() {
        RUNNEL_ENSURE(is_done(), "result() of a task that has not ended");
        return task_->result();
    }
    /// Returns what the task threw; null if it returned a value or was cancelled. Requires
    /// is_done().
    [[nodiscard]] std::exception_ptr failure() noexcept {
        RUNNEL_ENSURE(is_done(), "failure() of a task that has not ended");
        return task_->look_at_failure();
    }

private:
    friend class TaskGroup;
    explicit TaskHandle(std::shared_ptr<detail::SpawnedTask<T>> task) noexcept
        : task_(std::move(task)) {}

    std::shared_ptr<detail::SpawnedTask<T>> task_;
};

}  // namespace runnel
