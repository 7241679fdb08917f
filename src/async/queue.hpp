#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "async/event.hpp"
#include "async/waiter.hpp"
#include "base/ensure.hpp"

namespace runnel {

/// A bounded queue between tasks of one loop. FIFO for items and for waiters: an item goes straight
/// to the getter that has waited longest, so a stop in the same turn cannot lose it.
///
/// put() waits while the queue is full; that is the back-pressure. close() lets getters drain what
/// is left and then gives them nullopt; a put after it is refused. task_done() and join() count as
/// in asyncio: join() returns when every item ever put was marked done.
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
        /// False: the queue was closed, and the item was not taken.
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
    explicit Queue(std::size_t capacity) : capacity_(capacity) {
        RUNNEL_ENSURE(capacity > 0, "a Queue needs room for one item");
        all_done_.set();
    }

    /// Waits for room. False: closed, the item was dropped. Cancelled: not taken either.
    [[nodiscard]] PutAwaiter put(T item) { return PutAwaiter(*this, std::move(item)); }
    /// Takes \a item when there is room now; it is moved from only then.
    [[nodiscard]] bool try_put(T&& item) {
        if (closed_ || items_.size() >= capacity_) {
            return false;
        }
        accept(std::move(item));
        return true;
    }

    /// Waits for an item. nullopt: closed and empty.
    [[nodiscard]] GetAwaiter get() noexcept { return GetAwaiter(*this, Deadline::never()); }
    /// The same with a limit, as one operation: a time-out put around get() could lose an item that
    /// arrives together with it. nullopt: closed and empty, or nothing came by \a deadline.
    [[nodiscard]] GetAwaiter get_until(Deadline deadline) noexcept {
        return GetAwaiter(*this, deadline);
    }
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

    /// One item that was got is dealt with.
    void task_done() {
        RUNNEL_ENSURE(unfinished_ > 0, "task_done() without an item");
        if (--unfinished_ == 0) {
            all_done_.set();
        }
    }
    /// Waits until every item was marked done.
    [[nodiscard]] auto join() noexcept { return all_done_.wait(); }

    /// No more items. Waiting putters are refused; waiting getters find the queue empty.
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
