#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "async/event.hpp"
#include "async/when_any.hpp"

namespace runnel {

/// Runs tasks concurrently and returns their outcomes in the order in which they end.
///
///     AsCompleted<int> results(context, std::move(tasks));
///     while (auto next = co_await results.next()) { use(next->index, next->outcome.get()); }
///
/// Call next() until it returns nullopt, or await stop(): all tasks must have ended when this is
/// destroyed.
template <class T>
class AsCompleted {
public:
    /// Starts every task. \a parent must outlive this.
    AsCompleted(const Context& parent, std::vector<Task<T>> tasks)
        : left_(tasks.size()), group_(parent) {
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            group_.start(run(i, std::move(tasks[i])));
        }
    }

    /// Waits for the next task to end and returns its outcome; nullopt after the last one. If the
    /// caller is asked to stop, requests the tasks to stop, waits for them and throws Cancelled.
    Task<std::optional<First<T>>> next() {
        while (ended_.empty() && left_ > 0) {
            arrived_.clear();
            bool stopped = false;
            try {
                co_await arrived_.wait();
            } catch (const Cancelled&) {
                stopped = true;
            }
            if (stopped) {
                group_.request_stop();
                co_await group_.join();
                throw Cancelled();
            }
        }
        if (ended_.empty()) {
            co_await group_.join();
            co_return std::nullopt;
        }
        --left_;
        std::optional<First<T>> item(std::move(ended_.front()));
        ended_.pop_front();
        co_return item;
    }

    /// Requests the remaining tasks to stop and waits for them. Their outcomes are dropped.
    Task<void> stop() {
        left_ = 0;
        group_.request_stop();
        co_await group_.join();
        ended_.clear();
    }

private:
    Task<void> run(std::size_t index, Task<T> task) {
        First<T> item;
        item.index = index;
        co_await detail::collect(std::move(task), item.outcome);
        ended_.push_back(std::move(item));
        arrived_.set();
    }

    std::deque<First<T>> ended_;
    Event arrived_;
    std::size_t left_;
    TaskGroup group_;
};

}  // namespace runnel
