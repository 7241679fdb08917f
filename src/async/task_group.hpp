#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <stop_token>
#include <utility>
#include <vector>

#include "async/task.hpp"
#include "async/task_handle.hpp"
#include "async/unseen_failures.hpp"
#include "async/waiter.hpp"
#include "base/source_place.hpp"

namespace runnel {

/// A scope for concurrent tasks. No task outlives it:
///
///     const Context& context = co_await this_task::context();
///     TaskGroup group(context);
///     group.start(work(1));
///     group.start(work(2));
///     co_await group.join();
///
/// A child of start() runs inline until its first wait, and its failure requests all other children
/// to stop; for spawn() see there. A stop of the parent is passed to every child. Declare the group
/// after everything its tasks use, so that it is destroyed first. All children must have ended by
/// then, otherwise the program is aborted: await join(), because a destructor cannot wait.
class TaskGroup {
public:
    /// Children use the parent's scheduler and a stop token that follows the parent's. \a parent
    /// must outlive the group. \a made is for debug warnings.
    explicit TaskGroup(const Context& parent, SourcePlace made = SourcePlace::here());
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();

    /// Runs \a task inline until its first wait. join() throws its failure if it was the first
    /// child of start() to fail.
    void start(Task<void> task);
    /// Starts \a task from the ready queue, in its next round. Its handle can stop it alone, and
    /// its failure does not stop its siblings. It is stopped with the group, also when a child of
    /// start() fails. The handle returns the result; join() throws a failure that was not looked at
    /// through a handle. May be called from a callback, because the task does not run inside the
    /// call.
    template <class T>
    TaskHandle<T> spawn(Task<T> task, SourcePlace made = SourcePlace::here()) {
        auto spawned = std::make_shared<detail::SpawnedTask<T>>(*context_.scheduler, made);
        TaskHandle<T> handle(spawned);
        // Registered first, so that the failure is recorded before other callbacks look at it.
        spawned->on_done([this, spawned] { keep_failure(spawned); });
        start(detail::SpawnedTask<T>::run(spawned, std::move(task)));
        return handle;
    }
    /// Requests the children to stop; join() still waits for them.
    void request_stop() noexcept { stop_.request_stop(); }
    [[nodiscard]] bool stop_requested() const noexcept { return stop_.stop_requested(); }

    /// Waits until every child has ended, also when the parent is asked to stop meanwhile (the
    /// children receive the request). Then throws the first that applies: the first failure of a
    /// started child; the first failure of a spawned child that was not looked at (throwing it
    /// counts as looking at it); Cancelled if the parent was asked to stop. More tasks may be
    /// started and joined afterwards. Only one task may wait in join() at a time.
    [[nodiscard]] Task<void> join();

    /// Returns the context of the children.
    [[nodiscard]] const Context& context() const noexcept { return context_; }
    /// Returns the number of children that have not ended.
    [[nodiscard]] std::size_t running() const noexcept { return running_; }
    /// Returns the failures of started children so far, the oldest first. join() throws the first.
    [[nodiscard]] const std::vector<std::exception_ptr>& failures() const noexcept {
        return failures_;
    }

private:
    class JoinAwaiter;

    static detail::Driver drive(const Context& context, TaskGroup& group, Task<void> task);
    void fail(std::exception_ptr failure);
    void child_ended() noexcept;
    void keep_failure(std::shared_ptr<detail::SpawnedTaskBase> spawned);

    const Context& parent_;
    std::stop_source stop_;
    Context context_;
    std::size_t running_ = 0;
    std::vector<std::exception_ptr> failures_;
    UnseenFailures<detail::SpawnedTaskBase> unseen_;
    detail::Waiter* joiner_ = nullptr;
    std::stop_callback<detail::PassStopOn> follow_parent_;
};

}  // namespace runnel
