#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "async/outcome.hpp"
#include "async/task_group.hpp"

namespace runnel {

namespace detail {

/// collect(), but a failure also goes to the group, which keeps the first one and stops the others.
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

/// Runs all tasks concurrently and returns every outcome, in the order of the tasks. Throws only
/// Cancelled, if the caller was asked to stop; all tasks have ended by then.
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

/// Runs all tasks concurrently and returns their values, if any, in the order of the tasks. After
/// the first failure requests the others to stop, waits for them and throws it. Throws Cancelled if
/// the caller was asked to stop; all tasks have ended by then.
template <class T>
Task<std::conditional_t<std::is_void_v<T>, void, std::vector<T>>> gather(
    std::vector<Task<T>> tasks) {
    const Context& context = co_await this_task::context();
    std::vector<Outcome<T>> outcomes(tasks.size());
    TaskGroup group(context);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        group.start(detail::collect_or_stop(std::move(tasks[i]), outcomes[i], group));
    }
    co_await group.join();
    if constexpr (std::is_void_v<T>) {
        for (Outcome<T>& outcome : outcomes) {
            outcome.get();
        }
    } else {
        std::vector<T> values;
        values.reserve(outcomes.size());
        for (Outcome<T>& outcome : outcomes) {
            values.push_back(outcome.get());
        }
        co_return values;
    }
}

/// The same for tasks of different types: `auto both = co_await gather(a(), b());` returns a tuple.
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
