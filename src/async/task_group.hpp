#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "async/driver.hpp"
#include "async/task.hpp"
#include "async/task_handle.hpp"
#include "async/unseen_failures.hpp"
#include "async/waiter.hpp"
#include "base/source_place.hpp"

namespace runnel {

/// A scope for tasks that run side by side. No task outlives it:
///
///     TaskGroup group(co_await this_task::context());   // as two statements in our style
///     group.start(work(1));
///     group.start(work(2));
///     co_await group.join();
///
/// A child runs inline until it first waits. The first failure asks the siblings to stop; a stop of
/// the parent reaches every child. Declare it after what its tasks use, so that it dies first; it
/// must be joined (or be empty) when it dies, because C++ has no destructor that could wait.
class TaskGroup {
public:
    /// Children get the parent's scheduler, and a stop of their own that follows the parent's.
    /// \a parent must outlive the group. \a made is for messages to programmers.
    explicit TaskGroup(const Context& parent, SourcePlace made = SourcePlace::here());
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();

    void start(Task<void> task);
    /// Starts \a task in the next turn, on its own: it can be stopped through its handle, and its
    /// failure stops no sibling. The handle gives its result; a failure that nobody looks at there
    /// is thrown by join(). May be called from a callback, because nothing runs before the next
    /// turn.
    template <class T>
    TaskHandle<T> spawn(Task<T> task, SourcePlace made = SourcePlace::here()) {
        auto spawned = std::make_shared<detail::SpawnedTask<T>>(*context_.scheduler, made);
        TaskHandle<T> handle(spawned);
        // The first callback, so that the failure is kept before anybody looks at it.
        spawned->on_done([this, spawned] { keep_failure(spawned); });
        start(detail::SpawnedTask<T>::run(spawned, std::move(task)));
        return handle;
    }
    /// Asks the children to stop; join() still waits for them.
    void request_stop() noexcept { stop_.request_stop(); }
    [[nodiscard]] bool stop_requested() const noexcept { return stop_.stop_requested(); }

    /// Waits until every child has ended, also when stop is requested meanwhile (the children hear
    /// of it and end sooner). Then rethrows the first failure of a started child; without one, the
    /// first failure of a spawned one that nobody looked at, which counts as looking at it; without
    /// that, throws Cancelled if the parent was asked to stop. More tasks may be started afterwards
    /// and joined again.
    [[nodiscard]] Task<void> join();

    /// What the children run in.
    [[nodiscard]] const Context& context() const noexcept { return context_; }
    /// Children that have not ended.
    [[nodiscard]] std::size_t running() const noexcept { return running_; }
    /// Every failure of a started child so far, the first one first. join() reports the first; the
    /// others are here for those who tell about them.
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
