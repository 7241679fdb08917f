#pragma once

#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

#include "async/collect.hpp"
#include "async/task_group.hpp"

namespace runnel {

namespace detail {

/// collect(), and a failure also goes to the group, which keeps the first and stops the others.
template <class T>
Task<void> collect_or_stop(Task<T> task, Outcome<T>& outcome, TaskGroup& group) {
    co_await collect(std::move(task), outcome);
    if (outcome.exception()) {
        std::rethrow_exception(outcome.exception());
    }
    if (!outcome.ok()) {
        group.request_stop();
    }
}

}  // namespace detail

/// Runs all tasks side by side and gives every ending, in the order of the tasks. Throws only
/// Cancelled, when the caller was asked to stop; the tasks have all ended by then.
template <class T>
Task<std::vector<Outcome<T>>> gather_outcomes(std::vector<Task<T>> tasks) {
    const Context& context = co_await this_task::context();
    std::vector<Outcome<T>> outcomes(tasks.size());
    TaskGroup group(context);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        group.start(detail::collect(std::move(tasks[i]), outcomes[i]));
    }
    co_await group.join();
    co_return outcomes;
}

/// Runs all tasks side by side and gives their values in the order of the tasks. The first failure
/// stops the others, waits for them, and is thrown.
template <class T>
Task<std::vector<T>> gather(std::vector<Task<T>> tasks) {
    const Context& context = co_await this_task::context();
    std::vector<Outcome<T>> outcomes(tasks.size());
    TaskGroup group(context);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        group.start(detail::collect_or_stop(std::move(tasks[i]), outcomes[i], group));
    }
    co_await group.join();
    std::vector<T> values;
    values.reserve(outcomes.size());
    for (Outcome<T>& outcome : outcomes) {
        values.push_back(outcome.get());
    }
    co_return values;
}

/// The same for tasks without a value.
inline Task<void> gather(std::vector<Task<void>> tasks) {
    const Context& context = co_await this_task::context();
    std::vector<Outcome<void>> outcomes(tasks.size());
    TaskGroup group(context);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        group.start(detail::collect_or_stop(std::move(tasks[i]), outcomes[i], group));
    }
    co_await group.join();
    for (Outcome<void>& outcome : outcomes) {
        outcome.get();
    }
}

/// The same for tasks of different types: `auto both = co_await gather(a(), b());` gives a tuple.
template <class A, class B, class... Rest>
Task<std::tuple<A, B, Rest...>> gather(Task<A> first, Task<B> second, Task<Rest>... rest) {
    const Context& context = co_await this_task::context();
    std::tuple<Outcome<A>, Outcome<B>, Outcome<Rest>...> outcomes;
    TaskGroup group(context);
    auto start_each = [&]<std::size_t... I>(std::index_sequence<I...>, auto&... tasks) {
        (group.start(detail::collect_or_stop(std::move(tasks), std::get<I>(outcomes), group)), ...);
    };
    start_each(std::index_sequence_for<A, B, Rest...>(), first, second, rest...);
    co_await group.join();
    auto values = [](auto&... each) { return std::tuple<A, B, Rest...>(each.get()...); };
    co_return std::apply(values, outcomes);
}

}  // namespace runnel
