#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "async/channel_state.hpp"
#include "base/deadline.hpp"

namespace runnel {

namespace detail {

/// The operations common to both sides of a Channel. Copies are views of the same channel.
template <class T>
class ChannelSide {
public:
    explicit ChannelSide(std::shared_ptr<ChannelState<T>> state) noexcept
        : state_(std::move(state)) {}

    /// Closes the channel: waiting and later puts are refused; getters drain the remaining items.
    void close() { state_->close(); }
    /// Returns whether close() was called; puts are refused then.
    [[nodiscard]] bool closed() const { return state_->closed(); }
    /// Returns whether the channel is closed and empty: every further get returns nullopt.
    [[nodiscard]] bool drained() const { return state_->drained(); }
    /// Returns the number of items in the channel at this moment.
    [[nodiscard]] std::size_t size() const { return state_->size(); }

protected:
    std::shared_ptr<ChannelState<T>> state_;
};

}  // namespace detail

/// A bounded queue between threads and the tasks of one loop, with a side for each. Both sides may
/// put and get concurrently; each item goes to one getter. Items keep the order of the puts.
///
/// Tasks are served in the order of their waits; the order among threads, and between threads and
/// tasks, depends on the system. An item handed to a waiting task is not lost by a stop that comes
/// later in the same turn.
///
/// A thread wakes the loop only if a task waits, and once for everything that happens until the
/// loop's next turn. Otherwise an item costs one lock of a mutex.
///
/// Create and destroy the channel on the loop's thread, when no task waits on it and before
/// \a scheduler is destroyed. Copies of a side may outlive it: they find it closed, and threads
/// that block in it return.
template <class T>
class Channel {
public:
    class Threads;
    class Tasks;

    /// \a capacity is the maximum number of items, at least 1.
    Channel(Scheduler& scheduler, std::size_t capacity)
        : state_(std::make_shared<detail::ChannelState<T>>(scheduler, capacity)),
          threads_(state_),
          tasks_(state_) {}
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() { state_->leave_loop(); }

    /// The side for threads other than the loop's, which must not block.
    [[nodiscard]] Threads& threads() noexcept { return threads_; }
    /// The side for tasks of the loop.
    [[nodiscard]] Tasks& tasks() noexcept { return tasks_; }

private:
    std::shared_ptr<detail::ChannelState<T>> state_;
    Threads threads_;
    Tasks tasks_;
};

/// The side for threads: put() and get() block the calling thread.
template <class T>
class Channel<T>::Threads : public detail::ChannelSide<T> {
public:
    using detail::ChannelSide<T>::ChannelSide;

    /// Waits until the channel has space and puts \a item. Returns false, and leaves \a item
    /// unmoved, if the channel is closed or \a timeout has passed. A timeout of zero does not wait.
    [[nodiscard]] bool put(T&& item, Duration timeout = Duration::max()) {
        return this->state_->put(item, Deadline::within(Clock::now(), timeout));
    }
    /// Waits for an item. Returns nullopt if drained() or \a timeout has passed.
    [[nodiscard]] std::optional<T> get(Duration timeout = Duration::max()) {
        return this->state_->get(Deadline::within(Clock::now(), timeout));
    }
};

/// The side for tasks: put() and get() suspend the calling task. A stop request ends a wait with
/// Cancelled; no item was put or taken then.
template <class T>
class Channel<T>::Tasks : public detail::ChannelSide<T> {
public:
    using detail::ChannelSide<T>::ChannelSide;

    /// Waits until the channel has space and puts \a item, which must live until then. Returns
    /// false, and leaves \a item unmoved, if the channel is closed.
    [[nodiscard]] auto put(T&& item) noexcept {
        return typename detail::ChannelState<T>::PutAwaiter(*this->state_, item);
    }
    /// Waits for an item. Returns nullopt if drained().
    [[nodiscard]] auto get() noexcept { return get_until(Deadline::never()); }
    /// The same with a limit: also returns nullopt if no item came by \a deadline.
    [[nodiscard]] auto get_until(Deadline deadline) noexcept {
        return typename detail::ChannelState<T>::GetAwaiter(*this->state_, deadline);
    }
};

}  // namespace runnel
