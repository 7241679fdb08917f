#pragma once

#include <algorithm>
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
    BatchSource(const Context& context, AsyncStream<T> source, std::size_t size, Duration patience)
        : Base(context, std::move(source), size), size_(size), patience_(patience) {}

    Task<std::optional<std::vector<T>>> next() override {
        for (;;) {
            this->pull_on();
            const Deadline due = this->due();
            if (items_.size() == size_ || due.passed(this->now()) ||
                (this->pulled_out() && !items_.empty())) {
                co_return take();
            }
            if (this->pulled_out()) {
                break;
            }
            co_await this->changed(due);
        }
        std::optional<std::vector<T>> none = co_await this->finish();
        co_return none;
    }

private:
    struct Item {
        Item(T item, TimePoint now, Permit permit)
            : value(std::move(item)), came(now), room(std::move(permit)) {}
        T value;
        TimePoint came;
        Permit room;
    };

    void accept(T item, Permit room) override {
        items_.emplace_back(std::move(item), this->now(), std::move(room));
    }
    [[nodiscard]] Deadline due() const {
        if (items_.empty()) {
            return Deadline::never();
        }
        const TimePoint came = items_.front().came;
        return patience_ > Duration::zero() ? Deadline::after(came, patience_) : Deadline(came);
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
    Duration patience_;
    std::deque<Item> items_;
};

}  // namespace detail

/// The items in batches: of \a size, or of fewer when \a patience has passed since the first of
/// them came (at once, if it is zero). The end, a failure and a stop of \a context let go of what
/// is there at once. Items are collected while the reader deals with a batch, up to one more batch.
///
/// No item is lost by a stop: what was collected is given when one asks again, for instance under
/// shield(). \a context must outlive the stream.
template <class T>
[[nodiscard]] AsyncStream<std::vector<T>> batches(const Context& context, AsyncStream<T> stream,
                                                  std::size_t size, Duration patience) {
    return AsyncStream<std::vector<T>>(
        std::make_unique<detail::BatchSource<T>>(context, std::move(stream), size, patience));
}

}  // namespace runnel
