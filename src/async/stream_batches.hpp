#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "async/pulling_source.hpp"

namespace runnel {

namespace detail {

template <class T>
class BatchSource final : public PullingSource<T, std::vector<T>> {
    using Base = PullingSource<T, std::vector<T>>;

public:
    BatchSource(const Context& context, AsyncStream<T> source, std::size_t size, Duration max_wait)
        : Base(context, std::move(source), size), size_(size), max_wait_(max_wait) {}

    Task<std::optional<std::vector<T>>> next() override {
        for (;;) {
            this->start_pulling();
            const Deadline due = this->due();
            if (items_.size() == size_ || due.passed(this->now()) ||
                (this->pull_ended() && !items_.empty())) {
                co_return take();
            }
            if (this->pull_ended()) {
                break;
            }
            co_await this->wait_for_change(due);
        }
        std::optional<std::vector<T>> none = co_await this->finish();
        co_return none;
    }

private:
    struct Item {
        Item(T item, TimePoint now, Permit permit)
            : value(std::move(item)), arrival(now), slot(std::move(permit)) {}
        T value;
        TimePoint arrival;
        Permit slot;
    };

    void accept(T item, Permit slot) override {
        items_.emplace_back(std::move(item), this->now(), std::move(slot));
    }
    [[nodiscard]] Deadline due() const {
        if (items_.empty()) {
            return Deadline::never();
        }
        const TimePoint arrival = items_.front().arrival;
        return max_wait_ > Duration::zero() ? Deadline::after(arrival, max_wait_)
                                            : Deadline(arrival);
    }
    std::vector<T> take() {
        std::vector<T> batch;
        batch.reserve(items_.size());
        for (Item& item : items_) {
            batch.push_back(std::move(item.value));
        }
        items_.clear();
        return batch;
    }

    std::size_t size_;
    Duration max_wait_;
    std::deque<Item> items_;
};

}  // namespace detail

/// Groups the items of \a stream into batches of \a size. A smaller batch is returned when
/// \a max_wait has passed since its first item arrived (zero means at once), and before the end, a
/// failure or a stop of \a context. While the reader processes a batch, the items of the next one
/// are collected.
///
/// A stop loses no item: a next() after it, for instance under shield(), returns what was
/// collected. \a context must outlive the stream.
template <class T>
[[nodiscard]] AsyncStream<std::vector<T>> batches(const Context& context, AsyncStream<T> stream,
                                                  std::size_t size, Duration max_wait) {
    return AsyncStream<std::vector<T>>(
        std::make_unique<detail::BatchSource<T>>(context, std::move(stream), size, max_wait));
}

}  // namespace runnel
