#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "async/channel_gate.hpp"
#include "async/waiter.hpp"
#include "base/deadline.hpp"
#include "base/ensure.hpp"

namespace runnel::detail {

/// The items of a Channel, and how threads and tasks put and get them.
template <class T>
class ChannelState final : public ChannelGate {
public:
    class PutAwaiter final : public Waiter {
    public:
        PutAwaiter(ChannelState& channel, T& item) noexcept : channel_(channel), item_(item) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!this->enter(self, line) || !channel_.begin_put(*this)) {
                return false;
            }
            this->wait_in(&channel_.putters_);
            return true;
        }
        /// False: the channel was closed, and the item was not taken.
        [[nodiscard]] bool await_resume() {
            this->leave();
            return taken_;
        }

    private:
        friend class ChannelState;
        ChannelState& channel_;
        T& item_;
        bool taken_ = false;
    };

    class GetAwaiter final : public Waiter {
    public:
        GetAwaiter(ChannelState& channel, Deadline deadline) noexcept
            : channel_(channel), deadline_(deadline) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!this->enter(self, line) || !channel_.begin_get(*this)) {
                return false;
            }
            this->wait_in(&channel_.getters_, deadline_);
            return true;
        }
        [[nodiscard]] std::optional<T> await_resume() {
            this->leave();
            return std::move(item_);
        }

    private:
        friend class ChannelState;
        [[nodiscard]] bool late() const noexcept {
            return deadline_.passed(this->scheduler().now());
        }

        ChannelState& channel_;
        Deadline deadline_;
        std::optional<T> item_;
    };

    ChannelState(Scheduler& scheduler, std::size_t capacity)
        : ChannelGate(scheduler), capacity_(capacity) {
        RUNNEL_ENSURE(capacity > 0, "a Channel needs room for one item");
    }

    bool put(T& item, Deadline deadline) {
        std::unique_lock<std::mutex> lock(mutex_);
        const auto may_put = [this] { return closed_ || items_.size() < capacity_; };
        if (!wait(lock, not_full_, deadline, may_put) || closed_) {
            return false;
        }
        accept(item);
        ring();
        return true;
    }
    std::optional<T> get(Deadline deadline) {
        std::unique_lock<std::mutex> lock(mutex_);
        if (!wait(lock, not_empty_, deadline, [this] { return closed_ || !items_.empty(); }) ||
            items_.empty()) {
            return std::nullopt;
        }
        std::optional<T> item(take());
        ring();
        return item;
    }

    [[nodiscard]] bool drained() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return closed_ && items_.empty();
    }
    [[nodiscard]] std::size_t size() const {
        const std::lock_guard<std::mutex> lock(mutex_);
        return items_.size();
    }

private:
    /// True: the awaiter has to wait.
    bool begin_put(PutAwaiter& putter) {
        const std::lock_guard<std::mutex> lock(mutex_);
        serve();
        if (closed_) {
            return false;
        }
        if (items_.size() >= capacity_) {
            task_waits_ = true;
            return true;
        }
        accept(putter.item_);
        putter.taken_ = true;
        serve();
        return false;
    }
    bool begin_get(GetAwaiter& getter) {
        const std::lock_guard<std::mutex> lock(mutex_);
        serve();
        if (!items_.empty()) {
            getter.item_.emplace(take());
            serve();
            return false;
        }
        if (closed_ || getter.late()) {
            return false;
        }
        task_waits_ = true;
        return true;
    }

    void serve() override {
        while (serve_getter() || serve_putter()) {
        }
        task_waits_ = !getters_.empty() || !putters_.empty();
    }
    bool serve_getter() {
        auto* getter = static_cast<GetAwaiter*>(getters_.first());
        if (getter == nullptr || (items_.empty() && !closed_)) {
            return false;
        }
        if (!items_.empty()) {
            getter->item_.emplace(take());
        }
        return getter->finish();
    }
    bool serve_putter() {
        auto* putter = static_cast<PutAwaiter*>(putters_.first());
        if (putter == nullptr || (items_.size() >= capacity_ && !closed_)) {
            return false;
        }
        if (!closed_) {
            accept(putter->item_);
            putter->taken_ = true;
        }
        return putter->finish();
    }

    void accept(T& item) {
        items_.push_back(std::move(item));
        not_empty_.notify_one();
    }
    T take() {
        T item = std::move(items_.front());
        items_.pop_front();
        not_full_.notify_one();
        return item;
    }

    const std::size_t capacity_;
    std::deque<T> items_;
};

}  // namespace runnel::detail
