#pragma once

#include <utility>

#include "async/outcome.hpp"
#include "async/task.hpp"

namespace runnel::detail {

/// Awaits \a task and keeps its ending in \a outcome, which must live until then.
template <class T>
Task<void> collect(Task<T> task, Outcome<T>& outcome) {
    try {
        Task<T> child = std::move(task);
        if constexpr (std::is_void_v<T>) {
            co_await std::move(child);
            outcome.set_value();
        } else {
            outcome.set_value(co_await std::move(child));
        }
    } catch (const Cancelled&) {
        // An Outcome without value or exception says cancelled.
    } catch (...) {
        outcome.set_exception(std::current_exception());
    }
}

}  // namespace runnel::detail
