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

/// Where the items of a stream come from. Implement it for a source or an adapter of your own.
template <class T>
class StreamSource {
public:
    StreamSource() = default;
    StreamSource(const StreamSource&) = delete;
    StreamSource& operator=(const StreamSource&) = delete;
    virtual ~StreamSource() = default;

    /// The next item; nullopt at the end, and from then on. When it throws Cancelled, every item
    /// that it has taken and not given must still come when it is asked again.
    [[nodiscard]] virtual Task<std::optional<T>> next() = 0;

    /// Ends what runs beside next() on behalf of this source and of those below it, and waits for
    /// it. Throws nothing. It may be called more than once, and next() may be called again.
    [[nodiscard]] virtual Task<void> stop() { co_return; }
};

/// Items that come one after the other, each awaited:
///
///     AsyncStream<std::string> lines = split_lines(std::move(chunks));
///     while (auto line = co_await lines.next()) { use(*line); }
///
/// Lazy: nothing is done before an item is asked for, and one task asks at a time. Adapters take
/// the stream that they stand on by value. Those that run tasks beside the one that asks
/// (buffered(), batches()) take its Context, and then this counts, as for AsCompleted:
///
/// - Ask until nullopt, or `co_await stream.close()`: nothing may run any more when a stream dies.
/// - When next() throws, nothing runs any more either: whatever came out of a source or an adapter
///   stops what runs, is waited for, and goes on to the caller.
///
/// A failure is not the end. One may ask again; what comes then is for each source to say. A stop
/// loses no item, but where an adapter says so.
template <class T>
class [[nodiscard]] AsyncStream {
public:
    using Item = T;

    explicit AsyncStream(std::unique_ptr<StreamSource<T>> source) : source_(std::move(source)) {
        RUNNEL_ENSURE(source_ != nullptr, "an AsyncStream needs a source");
    }

    /// The next item; nullopt at the end. Throws what the source threw; Cancelled when the caller
    /// was asked to stop.
    [[nodiscard]] Task<std::optional<T>> next() {
        if (!source_) {
            co_return std::nullopt;
        }
        std::exception_ptr failure;
        try {
            std::optional<T> item = co_await source_->next();
            co_return item;
        } catch (...) {
            // Cancelled too: whoever runs things for us must end before the caller unwinds.
            failure = std::current_exception();
        }
        co_await source_->stop();
        std::rethrow_exception(failure);
    }

    /// Stops what runs for this stream and for those it stands on, waits for it, and drops them.
    /// next() gives nullopt from then on.
    [[nodiscard]] Task<void> close() {
        if (source_) {
            co_await source_->stop();
            const debug::DropOnPurpose quietly;  // tasks that were never asked for
            source_.reset();
        }
    }

    /// For adapters: close() without dropping what waits to be given.
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

/// A stream out of a coroutine that is called for each item:
///
///     auto pages = make_stream(Cursor(), [](Cursor& cursor) -> Task<std::optional<Page>> { ... });
///
/// \a pull is called with the \a state, which lives in the stream, and says nullopt at the end and
/// from then on. It is asked again after a failure. What it must not lose by a stop belongs to the
/// state before it waits.
template <class State, class Pull>
[[nodiscard]] auto make_stream(State state, Pull pull) {
    using Source = detail::PullSource<State, Pull>;
    using Item = detail::PulledItem<State, Pull>;
    return AsyncStream<Item>(std::make_unique<Source>(std::move(state), std::move(pull)));
}

/// The \a items, in their order.
template <class T>
[[nodiscard]] AsyncStream<T> from_range(std::vector<T> items) {
    return AsyncStream<T>(std::make_unique<detail::RangeSource<T>>(std::move(items)));
}

/// What comes out of \a queue until it is closed and empty. It must outlive the stream, and is not
/// told of the items' ends: task_done() stays with who reads.
template <class T>
[[nodiscard]] AsyncStream<T> from_queue(Queue<T>& queue) {
    return AsyncStream<T>(std::make_unique<detail::QueueSource<T>>(queue));
}

}  // namespace runnel
