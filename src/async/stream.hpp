#pragma once

#include <cstddef>
#include <exception>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "async/debug.hpp"
#include "async/queue.hpp"
#include "async/task.hpp"
#include "base/ensure.hpp"

namespace runnel {

/// The interface of sources and adapters. Implement it to write your own.
template <class T>
class StreamSource {
public:
    StreamSource() = default;
    StreamSource(const StreamSource&) = delete;
    StreamSource& operator=(const StreamSource&) = delete;
    virtual ~StreamSource() = default;

    /// Returns the next item; nullopt at the end and from then on. After it throws Cancelled, later
    /// calls must still return every item that it has taken.
    [[nodiscard]] virtual Task<std::optional<T>> next() = 0;

    /// Stops the tasks that run at the same time as next() for this source and those below it, and
    /// waits for them. Must not throw. May be called repeatedly, and next() may be called
    /// afterwards.
    [[nodiscard]] virtual Task<void> stop() { co_return; }
};

/// A sequence of items, each of which is awaited:
///
///     AsyncStream<std::string> lines = split_lines(std::move(chunks));
///     while (auto line = co_await lines.next()) { use(*line); }
///
/// Lazy: no work is done before the first next(). Only one task may call next() at a time. Adapters
/// take their input stream by value. Those that run tasks at the same time as the reader
/// (buffered(), batches()) take the reader's Context; for them, as for AsCompleted:
///
/// - Call next() until it returns nullopt, or await close(): no task may run when a stream is
///   destroyed.
/// - When next() throws, no task runs any more: an exception of any source or adapter first stops
///   them all, waits for them, and then reaches the caller.
///
/// A failure is not the end: next() may be called again, and each source documents what it returns
/// then. A stop loses no item, except with adapters that document it.
template <class T>
class [[nodiscard]] AsyncStream {
public:
    using Item = T;

    explicit AsyncStream(std::unique_ptr<StreamSource<T>> source) : source_(std::move(source)) {
        RUNNEL_ENSURE(source_ != nullptr, "an AsyncStream needs a source");
    }

    /// Returns the next item; nullopt at the end. Throws what the source threw, and Cancelled if
    /// the caller was asked to stop.
    [[nodiscard]] Task<std::optional<T>> next() {
        if (!source_) {
            co_return std::nullopt;
        }
        std::exception_ptr failure;
        try {
            std::optional<T> item = co_await source_->next();
            co_return item;
        } catch (...) {
            // Includes Cancelled: tasks of the source must end before the caller unwinds.
            failure = std::current_exception();
        }
        co_await source_->stop();
        std::rethrow_exception(failure);
    }

    /// Stops the tasks of this stream and of its input streams, waits for them, and destroys the
    /// sources. next() returns nullopt from then on.
    [[nodiscard]] Task<void> close() {
        if (source_) {
            co_await source_->stop();
            const debug::DropOnPurpose no_warning;  // tasks that were never requested
            source_.reset();
        }
    }

    /// For adapters: close() without destroying the sources and the items they hold.
    [[nodiscard]] Task<void> stop() {
        if (source_) {
            co_await source_->stop();
        }
    }

private:
    std::unique_ptr<StreamSource<T>> source_;
};

namespace detail {

template <class T>
struct ItemOfPull;
template <class T>
struct ItemOfPull<Task<std::optional<T>>> {
    using Type = T;
};

template <class State, class Pull>
using PulledItem = typename ItemOfPull<std::invoke_result_t<Pull&, State&>>::Type;

template <class State, class Pull>
class PullSource final : public StreamSource<PulledItem<State, Pull>> {
public:
    PullSource(State state, Pull pull) : state_(std::move(state)), pull_(std::move(pull)) {}
    Task<std::optional<PulledItem<State, Pull>>> next() override { return pull_(state_); }

private:
    State state_;
    Pull pull_;
};

template <class T>
class RangeSource final : public StreamSource<T> {
public:
    explicit RangeSource(std::vector<T> items) : items_(std::move(items)) {}
    Task<std::optional<T>> next() override {
        if (next_ == items_.size()) {
            co_return std::nullopt;
        }
        co_return std::optional<T>(std::move(items_[next_++]));
    }

private:
    std::vector<T> items_;
    std::size_t next_ = 0;
};

template <class T>
class QueueSource final : public StreamSource<T> {
public:
    explicit QueueSource(Queue<T>& queue) noexcept : queue_(queue) {}
    Task<std::optional<T>> next() override {
        std::optional<T> item = co_await queue_.get();
        co_return item;
    }

private:
    Queue<T>& queue_;
};

}  // namespace detail

/// Makes a stream from a coroutine that is called for each item:
///
///     auto pages = make_stream(Cursor(), [](Cursor& cursor) -> Task<std::optional<Page>> { ... });
///
/// \a pull is called with \a state, which lives in the stream, and returns nullopt at the end and
/// from then on. It may be called again after a failure. To lose nothing by a stop, it must store
/// what it has taken in the state before it waits.
template <class State, class Pull>
[[nodiscard]] auto make_stream(State state, Pull pull) {
    using Source = detail::PullSource<State, Pull>;
    using Item = detail::PulledItem<State, Pull>;
    return AsyncStream<Item>(std::make_unique<Source>(std::move(state), std::move(pull)));
}

/// Makes a stream of \a items, in their order.
template <class T>
[[nodiscard]] AsyncStream<T> from_range(std::vector<T> items) {
    return AsyncStream<T>(std::make_unique<detail::RangeSource<T>>(std::move(items)));
}

/// Makes a stream of the items of \a queue until it is closed and empty. The queue must outlive the
/// stream. The reader must call task_done() itself, if the queue is joined.
template <class T>
[[nodiscard]] AsyncStream<T> from_queue(Queue<T>& queue) {
    return AsyncStream<T>(std::make_unique<detail::QueueSource<T>>(queue));
}

}  // namespace runnel
