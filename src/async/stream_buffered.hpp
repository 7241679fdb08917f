#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "async/pulling_source.hpp"

namespace runnel {

namespace detail {

/// The order in which the values of concurrent tasks are returned.
enum class BufferedOrder { Input, Completion };

/// The function for streams whose items are the tasks.
struct TaskItself {
    template <class T>
    Task<T> operator()(Task<T> task) const noexcept {
        return task;
    }
};

template <class Task>
struct ValueOfTask;
template <class T>
struct ValueOfTask<Task<T>> {
    using Type = T;
};
template <class In, class Function>
using BufferedValue = typename ValueOfTask<std::invoke_result_t<Function&, In>>::Type;

template <class In, class Function>
class BufferedSource final : public PullingSource<In, BufferedValue<In, Function>> {
    using Value = BufferedValue<In, Function>;
    using Base = PullingSource<In, Value>;

public:
    BufferedSource(const Context& context, AsyncStream<In> source, std::size_t concurrency,
                   BufferedOrder order, Function function)
        : Base(context, std::move(source), concurrency),
          order_(order),
          function_(std::move(function)) {}

    Task<std::optional<Value>> next() override {
        for (;;) {
            this->start_pulling();
            if (!ready_.empty() && ready_.front()->ended) {
                std::shared_ptr<Entry> entry = std::move(ready_.front());
                ready_.pop_front();
                --taken_;
                if (!entry->outcome.ok()) {
                    this->request_stop();  // before the slot is free, so that no further item is
                                           // taken
                }
                entry->slot.release();
                co_return std::optional<Value>(entry->outcome.get());
            }
            if (this->pull_ended() && taken_ == 0) {
                break;
            }
            co_await this->wait_for_change();
        }
        std::optional<Value> none = co_await this->finish();
        co_return none;
    }

    Task<void> stop() override {
        co_await Base::stop();
        std::erase_if(ready_, [](const auto& entry) { return entry->outcome.cancelled(); });
        taken_ = ready_.size();
    }

private:
    struct Entry {
        Outcome<Value> outcome;
        Permit slot;
        bool ended = false;
    };

    void accept(In item, Permit slot) override {
        auto entry = std::make_shared<Entry>();
        entry->slot = std::move(slot);
        ++taken_;
        if (order_ == BufferedOrder::Input) {
            ready_.push_back(entry);
        }
        this->group().start(run(std::move(entry), std::move(item)));
    }
    Task<void> run(std::shared_ptr<Entry> entry, In item) {
        co_await collect(work(std::move(item)), entry->outcome);
        entry->ended = true;
        if (order_ == BufferedOrder::Completion) {
            ready_.push_back(std::move(entry));
        }
        this->notify();
    }
    /// A coroutine, so that an exception of the function itself becomes the outcome of the item.
    Task<Value> work(In item) {
        Task<Value> task = function_(std::move(item));
        Value value = co_await std::move(task);
        co_return value;
    }

    BufferedOrder order_;
    Function function_;
    std::size_t taken_ = 0;                     ///< Items taken and not yet returned.
    std::deque<std::shared_ptr<Entry>> ready_;  ///< In the order in which they are returned.
};

template <class In, class Function>
auto buffer(const Context& context, AsyncStream<In> stream, std::size_t concurrency,
            BufferedOrder order, Function function) {
    using Source = BufferedSource<In, Function>;
    return AsyncStream<BufferedValue<In, Function>>(std::make_unique<Source>(
        context, std::move(stream), concurrency, order, std::move(function)));
}

}  // namespace detail

/// Runs a task for each item of \a stream, at most \a concurrency at a time, and returns their
/// values in the order of the items. \a function returns the task of an item; by default the items
/// are the tasks:
///
///     AsyncStream<Page> pages = buffered(context, std::move(urls), 10, fetch);
///
/// A value that waits for earlier ones counts as running, so that at most \a concurrency values are
/// held. A failure is thrown in its turn and stops the running tasks, as in gather(); so does a
/// stop of the caller. The items of stopped tasks are lost; later calls of next() return the values
/// that were complete, and go on. \a context must outlive the stream.
template <class In, class Function = detail::TaskItself>
[[nodiscard]] auto buffered(const Context& context, AsyncStream<In> stream, std::size_t concurrency,
                            Function function = Function()) {
    return detail::buffer(context, std::move(stream), concurrency, detail::BufferedOrder::Input,
                          std::move(function));
}

/// The same, but returns the values in the order in which the tasks end.
template <class In, class Function = detail::TaskItself>
[[nodiscard]] auto buffer_unordered(const Context& context, AsyncStream<In> stream,
                                    std::size_t concurrency, Function function = Function()) {
    return detail::buffer(context, std::move(stream), concurrency,
                          detail::BufferedOrder::Completion, std::move(function));
}

}  // namespace runnel
