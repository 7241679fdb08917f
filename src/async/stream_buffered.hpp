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

/// In which order the values of tasks that run side by side are given.
enum class BufferedOrder { Input, Completion };

/// The task to run for an item.
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
    BufferedSource(const Context& context, AsyncStream<In> source, std::size_t at_once,
                   BufferedOrder order, Function function)
        : Base(context, std::move(source), at_once),
          order_(order),
          function_(std::move(function)) {}

    Task<std::optional<Value>> next() override {
        for (;;) {
            this->pull_on();
            if (!line_.empty() && line_.front()->ended) {
                std::shared_ptr<Entry> entry = std::move(line_.front());
                line_.pop_front();
                --taken_;
                if (!entry->outcome.ok()) {
                    this->request_stop();  // now: no further item may be taken for nothing
                }
                entry->room.release();
                co_return std::optional<Value>(entry->outcome.get());
            }
            if (this->pulled_out() && taken_ == 0) {
                break;
            }
            co_await this->changed();
        }
        std::optional<Value> none = co_await this->finish();
        co_return none;
    }

    Task<void> stop() override {
        co_await Base::stop();
        std::erase_if(line_, [](const auto& entry) { return entry->outcome.cancelled(); });
        taken_ = line_.size();
    }

private:
    struct Entry {
        Outcome<Value> outcome;
        Permit room;
        bool ended = false;
    };

    void accept(In item, Permit room) override {
        auto entry = std::make_shared<Entry>();
        entry->room = std::move(room);
        ++taken_;
        if (order_ == BufferedOrder::Input) {
            line_.push_back(entry);
        }
        this->group().start(run(std::move(entry), std::move(item)));
    }
    Task<void> run(std::shared_ptr<Entry> entry, In item) {
        co_await collect(work(std::move(item)), entry->outcome);
        entry->ended = true;
        if (order_ == BufferedOrder::Completion) {
            line_.push_back(std::move(entry));
        }
        this->change();
    }
    /// A failure of the function that makes the task is one of the item, too.
    Task<Value> work(In item) {
        Task<Value> task = function_(std::move(item));
        Value value = co_await std::move(task);
        co_return value;
    }

    BufferedOrder order_;
    Function function_;
    std::size_t taken_ = 0;                    ///< Items that were taken and not given.
    std::deque<std::shared_ptr<Entry>> line_;  ///< In the order in which they are given.
};

template <class In, class Function>
auto buffer(const Context& context, AsyncStream<In> stream, std::size_t at_once,
            BufferedOrder order, Function function) {
    using Source = BufferedSource<In, Function>;
    return AsyncStream<BufferedValue<In, Function>>(
        std::make_unique<Source>(context, std::move(stream), at_once, order, std::move(function)));
}

}  // namespace detail

/// Runs a task for each item, at most \a at_once of them, and gives their values in the order of
/// the items. \a function makes the task of an item; without one the items are the tasks:
///
///     AsyncStream<Page> pages = buffered(context, std::move(urls), 10, fetch);
///
/// What has ended and waits for its turn counts too, so no more than \a at_once is held. A failure
/// comes in its turn, and the tasks that run then are stopped, as in gather(). A stop of the
/// caller stops them as well. The items of tasks that were stopped are gone; values that were there
/// already are given when one asks again. \a context must outlive the stream.
template <class In, class Function = detail::TaskItself>
[[nodiscard]] auto buffered(const Context& context, AsyncStream<In> stream, std::size_t at_once,
                            Function function = Function()) {
    return detail::buffer(context, std::move(stream), at_once, detail::BufferedOrder::Input,
                          std::move(function));
}

/// The same, with the values in the order in which the tasks end.
template <class In, class Function = detail::TaskItself>
[[nodiscard]] auto buffer_unordered(const Context& context, AsyncStream<In> stream,
                                    std::size_t at_once, Function function = Function()) {
    return detail::buffer(context, std::move(stream), at_once, detail::BufferedOrder::Completion,
                          std::move(function));
}

}  // namespace runnel
