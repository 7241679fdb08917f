#include "async/task_group.hpp"

#include <utility>

namespace runnel {

class TaskGroup::JoinAwaiter final : detail::Waiter {
public:
    explicit JoinAwaiter(TaskGroup& group) noexcept : group_(group) {}
    bool await_ready() const noexcept { return group_.running_ == 0; }
    template <class Promise>
    bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
        static_cast<void>(enter(self, line));
        RUNNEL_ENSURE(group_.joiner_ == nullptr, "a TaskGroup was joined twice at once");
        group_.joiner_ = this;
        wait_for_finish();
        return true;
    }
    void await_resume() const noexcept { group_.joiner_ = nullptr; }

private:
    TaskGroup& group_;
};

TaskGroup::TaskGroup(const Context& parent, SourcePlace made)
    : parent_(parent),
      context_{parent.scheduler, stop_.get_token(), made},
      follow_parent_(parent.stop, detail::PassStopOn{stop_}) {}

TaskGroup::~TaskGroup() {
    RUNNEL_ENSURE(running_ == 0, "a TaskGroup was destroyed before it was joined");
}

void TaskGroup::start(Task<void> task) {
    ++running_;
    drive(context_, *this, std::move(task));
}

detail::Driver TaskGroup::drive(const Context& /*context*/, TaskGroup& group, Task<void> task) {
    // The child's frame and arguments are destroyed before child_ended(), so that a permit passed
    // to a child is free again when join() returns.
    try {
        Task<void> child = std::move(task);
        co_await std::move(child);
    } catch (const Cancelled&) {
        // A child that was cancelled has not failed.
    } catch (...) {
        group.fail(std::current_exception());
    }
    group.child_ended();
}

void TaskGroup::fail(std::exception_ptr failure) {
    failures_.push_back(std::move(failure));
    stop_.request_stop();
}

void TaskGroup::keep_failure(std::shared_ptr<detail::SpawnedTaskBase> spawned) {
    if (spawned->failed()) {
        unseen_.add(std::move(spawned));
    }
}

void TaskGroup::child_ended() noexcept {
    if (--running_ == 0 && joiner_ != nullptr) {
        joiner_->finish();
    }
}

Task<void> TaskGroup::join() {
    // The last child may have started new ones before the joiner resumed.
    while (running_ > 0) {
        co_await JoinAwaiter(*this);
    }
    if (!failures_.empty()) {
        std::rethrow_exception(failures_.front());
    }
    if (const std::shared_ptr<detail::SpawnedTaskBase> spawned = unseen_.first()) {
        std::rethrow_exception(spawned->look_at_failure());
    }
    if (parent_.stop.stop_requested()) {
        throw Cancelled();
    }
}

}  // namespace runnel
