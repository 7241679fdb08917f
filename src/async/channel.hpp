#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "async/channel_state.hpp"
#include "base/deadline.hpp"

namespace runnel {

namespace detail {

/// What both sides of a Channel can do. Copies are views of the same channel.
template <class T>
class ChannelSide {
public:
    explicit ChannelSide(std::shared_ptr<ChannelState<T>> state) noexcept
        : state_(std::move(state)) {}

    /// No more items: a put is refused from here on, and those that wait are refused too; getters
    /// drain what is left.
    void close() { state_->close(); }
    /// Puts are refused.
    [[nodiscard]] bool closed() const { return state_->closed(); }
    /// It is closed and empty: a get gives nothing any more, for ever.
    [[nodiscard]] bool drained() const { return state_->drained(); }
    /// Items that are in it just now.
    [[nodiscard]] std::size_t size() const { return state_->size(); }

protected:
    std::shared_ptr<ChannelState<T>> state_;
};

}  // namespace detail

/// A bounded queue between threads and the tasks of one loop, with a side for each. Both sides may
/// put and get, also at once, and an item goes to one getter only. The order of items is that of
/// the puts.
///
/// Among tasks, who waits longest is served first; among threads, and between threads and tasks,
/// the system decides. An item that was given to a waiting task is its own: a stop that comes later
/// in the same turn does not lose it.
///
/// Threads wake the loop only when a task waits, and once for all that happens until it has turned;
/// so the cost of an item is that of a mutex.
///
/// The channel is made and dropped on the loop's thread, dies when no task waits on it, and must
/// not outlive \a scheduler. A copy of a side may outlive it and finds it closed: threads that are
/// inside wake up.
template <class T>
class Channel {
public:
    class Threads;
    class Tasks;

    Channel(Scheduler& scheduler, std::size_t capacity)
        : state_(std::make_shared<detail::ChannelState<T>>(scheduler, capacity)),
          threads_(state_),
          tasks_(state_) {}
    Channel(const Channel&) = delete;
    Channel& operator=(const Channel&) = delete;
    ~Channel() { state_->leave_loop(); }

    /// For every thread but the loop's, which must not block.
    [[nodiscard]] Threads& threads() noexcept { return threads_; }
    /// For the tasks of the loop.
    [[nodiscard]] Tasks& tasks() noexcept { return tasks_; }

private:
    std::shared_ptr<detail::ChannelState<T>> state_;
    Threads threads_;
    Tasks tasks_;
};

/// Blocks the calling thread.
template <class T>
class Channel<T>::Threads : public detail::ChannelSide<T> {
public:
    using detail::ChannelSide<T>::ChannelSide;

    /// Waits for room. False: closed(), or there was none for so long. Moves from \a item only when
    /// it takes it. A time-out of zero does not wait.
    [[nodiscard]] bool put(T&& item, Duration timeout = Duration::max()) {
        return this->state_->put(item, Deadline::within(Clock::now(), timeout));
    }
    /// Waits for an item. nullopt: drained(), or nothing came for so long.
    [[nodiscard]] std::optional<T> get(Duration timeout = Duration::max()) {
        return this->state_->get(Deadline::within(Clock::now(), timeout));
    }
};

/// Suspends the calling task. A stop ends a wait with Cancelled, and then nothing was put or got.
template <class T>
class Channel<T>::Tasks : public detail::ChannelSide<T> {
public:
    using detail::ChannelSide<T>::ChannelSide;

    /// Waits for room. False: closed. Moves from \a item, which must live until then, only when it
    /// takes it.
    [[nodiscard]] auto put(T&& item) noexcept {
        return typename detail::ChannelState<T>::PutAwaiter(*this->state_, item);
    }
    /// Waits for an item. nullopt: drained().
    [[nodiscard]] auto get() noexcept { return get_until(Deadline::never()); }
    /// The same with a limit, as one operation. nullopt: drained(), or nothing came by \a deadline.
    [[nodiscard]] auto get_until(Deadline deadline) noexcept {
        return typename detail::ChannelState<T>::GetAwaiter(*this->state_, deadline);
    }
};

}  // namespace runnel
