#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "async/outcome.hpp"
#include "async/task_group.hpp"
#include "base/result.hpp"

namespace runnel {

/// Which task ended first, and how.
template <class T>
struct First {
    First() = default;
    std::size_t index = 0;
    Outcome<T> outcome;
};

/// Runs all tasks concurrently until one ends, with a value, a failure or Cancelled. Requests the
/// others to stop, waits until all have ended, then returns the first. \a tasks must not be empty.
/// Throws Cancelled if the caller is asked to stop; all tasks have ended by then.
template <class T>
Task<First<T>> when_any(std::vector<Task<T>> tasks) {
    RUNNEL_ENSURE(!tasks.empty(), "when_any() without a task");
    const Context& context = co_await this_task::context();
    std::vector<Outcome<T>> outcomes(tasks.size());
    std::optional<std::size_t> first;
    TaskGroup group(context);
    auto run = [&](std::size_t i, Task<T> task) -> Task<void> {
        co_await detail::collect(std::move(task), outcomes[i]);
        if (!first) {
            first = i;
            group.request_stop();
        }
    };
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        group.start(run(i, std::move(tasks[i])));
    }
    co_await group.join();
    First<T> result;
    result.index = *first;
    result.outcome = std::move(outcomes[*first]);
    co_return result;
}

/// Runs all tasks concurrently until one returns a value. Requests the others to stop, waits until
/// all have ended, then returns the value, or the last error if no task succeeded. An exception
/// stops all tasks and is thrown. \a tasks must not be empty. Throws Cancelled if the caller is
/// asked to stop; all tasks have ended by then.
template <class T>
Task<Result<T>> first_success(std::vector<Task<Result<T>>> tasks) {
    RUNNEL_ENSURE(!tasks.empty(), "first_success() without a task");
    const Context& context = co_await this_task::context();
    std::optional<Result<T>> result;
    TaskGroup group(context);
    auto run = [&](Task<Result<T>> task) -> Task<void> {
        Result<T> answer = co_await std::move(task);
        if (result && result->ok()) {
            co_return;
        }
        result.emplace(std::move(answer));
        if (result->ok()) {
            group.request_stop();
        }
    };
    for (Task<Result<T>>& task : tasks) {
        group.start(run(std::move(task)));
    }
    co_await group.join();
    if (!result) {
        throw Cancelled();
    }
    co_return std::move(*result);
}

}  // namespace runnel
