#pragma once

#include <optional>
#include <type_traits>
#include <utility>

#include "async/outcome.hpp"
#include "async/task_group.hpp"

namespace runnel {

namespace detail {

/// Asks a group to stop at a deadline.
class StopAt final : Timer {
public:
    StopAt(Scheduler& scheduler, TaskGroup& group, Deadline deadline)
        : scheduler_(scheduler), group_(group) {
        if (!deadline.is_never()) {
            scheduler_.call_at(*this, deadline.when());
        }
    }
    StopAt(const StopAt&) = delete;
    StopAt& operator=(const StopAt&) = delete;
    ~StopAt() override { scheduler_.cancel(*this); }

    [[nodiscard]] bool late() const noexcept { return late_; }

private:
    void expire() noexcept override {
        late_ = true;
        group_.request_stop();
    }

    Scheduler& scheduler_;
    TaskGroup& group_;
    bool late_ = false;
};

}  // namespace detail

/// Awaits \a task, but requests a stop at \a deadline and waits until the task has ended. Returns
/// its value (`true` for a task without one), or nullopt (`false`) if the deadline cancelled it. A
/// task that finishes in the same turn as the deadline still returns its value. If the caller is
/// asked to stop, throws Cancelled and drops the value.
template <class T>
Task<std::conditional_t<std::is_void_v<T>, bool, std::optional<T>>> timeout(Task<T> task,
                                                                            Deadline deadline) {
    const Context& context = co_await this_task::context();
    Outcome<T> outcome;
    TaskGroup group(context);
    detail::StopAt stop_at(*context.scheduler, group, deadline);
    group.start(detail::collect(std::move(task), outcome));
    co_await group.join();
    if (stop_at.late() && outcome.cancelled()) {
        if constexpr (std::is_void_v<T>) {
            co_return false;
        } else {
            co_return std::nullopt;
        }
    }
    if constexpr (std::is_void_v<T>) {
        outcome.get();
        co_return true;
    } else {
        co_return outcome.get();
    }
}

}  // namespace runnel
