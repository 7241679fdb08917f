#pragma once

#include <coroutine>
#include <exception>
#include <functional>
#include <memory>
#include <stop_token>
#include <type_traits>
#include <utility>
#include <vector>

#include "async/collect.hpp"
#include "async/event.hpp"
#include "async/outcome.hpp"
#include "async/shield.hpp"
#include "async/task.hpp"
#include "base/ensure.hpp"
#include "base/source_place.hpp"

namespace runnel {

/// How far a task has come that was handed over: it starts in a later turn (Pending), runs, and is
/// over, with a value or a failure (Done) or Cancelled.
enum class TaskState { Pending, Running, Done, Cancelled };

namespace detail {

/// Goes on in the next turn, and hears no stop: whoever awaits it looks himself.
struct NextTurn {
    bool await_ready() const noexcept { return false; }
    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> self) const {
        self.promise().context->scheduler->post(self);
    }
    void await_resume() const noexcept {}
};

/// Lets a stop reach one level further down: what a stop_callback calls.
struct PassStopOn {
    std::stop_source stop;
    void operator()() noexcept { stop.request_stop(); }
};

/// What the handles of a spawned task, its group and the running task share.
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
    /// Null when it did not fail.
    [[nodiscard]] const std::exception_ptr& look_at_failure() noexcept {
        seen_ = true;
        return failure_;
    }

protected:
    /// Reports a failure that nobody has looked at, and nobody can any more.
    ~SpawnedTaskBase();

    [[nodiscard]] const std::stop_source& stop() const noexcept { return stop_; }
    void begin() noexcept { state_ = TaskState::Running; }
    /// Wakes who waits and runs the callbacks; called from a turn.
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

    /// The whole life of the task, as a child of its group. Lets nothing out.
    static Task<void> run(std::shared_ptr<SpawnedTask> self, Task<T> task) {
        const Context& group = co_await this_task::context();
        const std::stop_callback<PassStopOn> follow(group.stop, PassStopOn{self->stop()});
        co_await NextTurn();
        if (self->stop().stop_requested()) {
            // What the task was given is gone before anybody hears that it is over.
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

/// A task of TaskGroup::spawn(), seen from outside: how far it is, what came of it, and a way to
/// stop it. Copies are handles of the same task. A handle owns nothing of the run: dropping it
/// stops nothing, and it may outlive the group and the loop. It belongs to the loop's thread.
///
/// A failure has been looked at once result() or failure() was called; wait() shows none. One that
/// nobody has looked at is thrown by the group's join(), and one that join() did not throw either
/// is told to programmers (async/debug.hpp) when the last handle has gone.
template <class T = void>
class TaskHandle {
public:
    [[nodiscard]] TaskState state() const noexcept { return task_->state(); }
    /// It is over: Done or Cancelled. From here on nothing changes.
    [[nodiscard]] bool is_done() const noexcept { return task_->is_done(); }
    /// Where it was spawned.
    [[nodiscard]] SourcePlace made() const noexcept { return task_->made(); }

    /// Asks the task to stop. While it is Pending its body never runs; while it runs, its next wait
    /// throws Cancelled, and it may still end with a value or a failure. Nothing when it is over.
    void cancel() noexcept { task_->request_stop(); }

    /// Runs \a callback when the task is over: from a turn, in the order of registration; in a
    /// later turn when it is over already, which the loop must still be there for. It may mark,
    /// post and spawn; it must not throw.
    void on_done(std::function<void()> callback) { task_->on_done(std::move(callback)); }

    /// Returns when the task is over, however that came; throws nothing but Cancelled, when the one
    /// who waits is asked to stop.
    [[nodiscard]] auto wait() noexcept { return task_->done().wait(); }
    /// The same with a limit; gives false when \a deadline came first. The task runs on.
    [[nodiscard]] auto wait_until(Deadline deadline) noexcept {
        return task_->done().wait_until(deadline);
    }

    /// The value, which lives as long as a handle does; throws the task's failure, or Cancelled.
    /// Only when it is over.
    [[nodiscard]] std::add_lvalue_reference_t<T> result() {
        RUNNEL_ENSURE(is_done(), "the result of a task that is not over");
        return task_->result();
    }
    /// What the task threw; null when it gave a value or was cancelled. Only when it is over.
    [[nodiscard]] std::exception_ptr failure() noexcept {
        RUNNEL_ENSURE(is_done(), "the failure of a task that is not over");
        return task_->look_at_failure();
    }

private:
    friend class TaskGroup;
    explicit TaskHandle(std::shared_ptr<detail::SpawnedTask<T>> task) noexcept
        : task_(std::move(task)) {}

    std::shared_ptr<detail::SpawnedTask<T>> task_;
};

}  // namespace runnel
