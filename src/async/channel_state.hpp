#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "async/scheduler.hpp"
#include "async/waiter.hpp"
#include "base/deadline.hpp"
#include "base/ensure.hpp"

namespace runnel::detail {

/// The part of a Channel that does not depend on the type of its items: the waiters, and how a
/// thread wakes the loop. Shared by the channel, its sides and a pending wake-up, so that it
/// outlives them all.
class ChannelBase : public std::enable_shared_from_this<ChannelBase> {
public:
    ChannelBase(const ChannelBase&) = delete;
    ChannelBase& operator=(const ChannelBase&) = delete;

    void close();
    /// Closes the channel and stops using the scheduler, which may be destroyed afterwards.
    void leave_loop();
    [[nodiscard]] bool closed() const;

protected:
    explicit ChannelBase(Scheduler& scheduler) noexcept : scheduler_(&scheduler) {}
    virtual ~ChannelBase() = default;

    /// Requests a call of serve() in a later turn if a task waits. Several requests cause one call.
    /// Must be called with the mutex held, so that the scheduler stays alive meanwhile.
    void wake_loop();
    /// Hands items to waiting tasks and accepts theirs. Called on the loop's thread with the mutex
    /// held.
    virtual void serve() = 0;

    /// Returns false if \a deadline passed before \a condition became true.
    template <class Condition>
    static bool wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                     Deadline deadline, Condition condition) {
        if (deadline.is_never()) {
            changed.wait(lock, condition);
            return true;
        }
        return changed.wait_until(lock, deadline.when(), condition);
    }

    /// Guards every member except the two lists, which belong to the loop's thread.
    mutable std::mutex mutex_;
    std::condition_variable not_empty_;
    std::condition_variable not_full_;
    WaiterList getters_;
    WaiterList putters_;
    /// May still be true when the only waiting task was stopped; a wake-up then does nothing.
    bool task_waits_ = false;
    bool closed_ = false;

private:
    void close_locked();

    bool wake_pending_ = false;
    Scheduler* scheduler_;  ///< Null after leave_loop().
};

/// The items of a Channel, and how threads and tasks put and get them.
template <class T>
class ChannelState final : public ChannelBase {
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
        /// Returns false if the channel was closed; the item was not taken then.
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
        : ChannelBase(scheduler), capacity_(capacity) {
        RUNNEL_ENSURE(capacity > 0, "the capacity of a Channel must not be 0");
    }

    bool put(T& item, Deadline deadline) {
        std::unique_lock<std::mutex> lock(mutex_);
        const auto can_put = [this] { return closed_ || items_.size() < capacity_; };
        if (!wait(lock, not_full_, deadline, can_put) || closed_) {
            return false;
        }
        accept(item);
        wake_loop();
        return true;
    }
    std::optional<T> get(Deadline deadline) {
        std::unique_lock<std::mutex> lock(mutex_);
        if (!wait(lock, not_empty_, deadline, [this] { return closed_ || !items_.empty(); }) ||
            items_.empty()) {
            return std::nullopt;
        }
        std::optional<T> item(take());
        wake_loop();
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
    /// Returns true if the awaiter must wait.
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
