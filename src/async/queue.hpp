#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "async/event.hpp"
#include "async/waiter.hpp"
#include "base/ensure.hpp"

namespace runnel {

/// A bounded queue between tasks of one loop. FIFO for items and for waiters: an item is handed to
/// the longest-waiting getter at once, so that a stop in the same turn does not lose it.
///
/// put() waits while the queue is full (back-pressure). After close() a put is refused, and getters
/// drain the remaining items and then get nullopt. task_done() and join() work as in asyncio:
/// join() returns when every item ever put was marked done. Waits throw Cancelled if stop is
/// requested first. Must outlive its waiters.
template <class T>
class Queue {
    class PutAwaiter final : public detail::Waiter {
    public:
        PutAwaiter(Queue& queue, T item) : queue_(queue), item_(std::move(item)) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!this->enter(self, line) || queue_.closed_) {
                return false;
            }
            if (queue_.items_.size() < queue_.capacity_) {
                queue_.accept(std::move(*item_));
                item_.reset();
                return false;
            }
            this->wait_in(&queue_.putters_);
            return true;
        }
        /// Returns false if the queue was closed; the item was dropped then.
        [[nodiscard]] bool await_resume() {
            this->leave();
            return !item_.has_value();
        }

    private:
        friend class Queue;
        Queue& queue_;
        std::optional<T> item_;
    };

    class GetAwaiter final : public detail::Waiter {
    public:
        GetAwaiter(Queue& queue, Deadline deadline) noexcept : queue_(queue), deadline_(deadline) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!this->enter(self, line)) {
                return false;
            }
            item_ = queue_.try_get();
            if (item_ || queue_.closed_ || deadline_.passed(this->scheduler().now())) {
                return false;
            }
            this->wait_in(&queue_.getters_, deadline_);
            return true;
        }
        [[nodiscard]] std::optional<T> await_resume() {
            this->leave();
            return std::move(item_);
        }

    private:
        friend class Queue;
        Queue& queue_;
        Deadline deadline_;
        std::optional<T> item_;
    };

public:
    /// \a capacity is the maximum number of items, at least 1.
    explicit Queue(std::size_t capacity) : capacity_(capacity) {
        RUNNEL_ENSURE(capacity > 0, "the capacity of a Queue must not be 0");
        all_done_.set();
    }

    /// Waits until the queue has space and puts \a item. Returns false, and drops the item, if the
    /// queue is closed. A cancelled put drops the item.
    [[nodiscard]] PutAwaiter put(T item) { return PutAwaiter(*this, std::move(item)); }
    /// Puts \a item if the queue is open and has space now; otherwise leaves it unmoved and returns
    /// false.
    [[nodiscard]] bool try_put(T&& item) {
        if (closed_ || items_.size() >= capacity_) {
            return false;
        }
        accept(std::move(item));
        return true;
    }

    /// Waits for an item. Returns nullopt if the queue is closed and empty.
    [[nodiscard]] GetAwaiter get() noexcept { return GetAwaiter(*this, Deadline::never()); }
    /// The same with a limit: also returns nullopt if no item came by \a deadline. Use this instead
    /// of timeout() around get(), which could lose an item that arrives at the deadline.
    [[nodiscard]] GetAwaiter get_until(Deadline deadline) noexcept {
        return GetAwaiter(*this, deadline);
    }
    /// Returns an item if there is one now.
    [[nodiscard]] std::optional<T> try_get() {
        if (items_.empty()) {
            return std::nullopt;
        }
        std::optional<T> item(std::move(items_.front()));
        items_.pop_front();
        if (auto* putter = static_cast<PutAwaiter*>(putters_.first())) {
            T next = std::move(*putter->item_);
            putter->item_.reset();
            putter->finish();
            accept(std::move(next));
        }
        return item;
    }

    /// Marks one item as done.
    void task_done() {
        RUNNEL_ENSURE(unfinished_ > 0, "task_done() was called more often than put()");
        if (--unfinished_ == 0) {
            all_done_.set();
        }
    }
    /// Waits until every item was marked done.
    [[nodiscard]] auto join() noexcept { return all_done_.wait(); }

    /// Closes the queue: waiting putters are refused, and waiting getters get nullopt.
    void close() noexcept {
        closed_ = true;
        while (detail::Waiter* putter = putters_.first()) {
            putter->finish();
        }
        while (detail::Waiter* getter = getters_.first()) {
            getter->finish();
        }
    }
    [[nodiscard]] bool closed() const noexcept { return closed_; }
    [[nodiscard]] std::size_t size() const noexcept { return items_.size(); }

private:
    void accept(T item) {
        ++unfinished_;
        all_done_.clear();
        if (auto* getter = static_cast<GetAwaiter*>(getters_.first())) {
            getter->item_.emplace(std::move(item));
            getter->finish();
        } else {
            items_.push_back(std::move(item));
        }
    }

    std::size_t capacity_;
    std::deque<T> items_;
    detail::WaiterList getters_;
    detail::WaiterList putters_;
    Event all_done_;
    std::size_t unfinished_ = 0;
    bool closed_ = false;
};

}  // namespace runnel
