#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "async/scheduler.hpp"
#include "async/waiter.hpp"
#include "base/deadline.hpp"

namespace runnel::detail {

/// The part of a Channel that knows no items: who waits, and how a thread wakes the loop. Shared by
/// the channel, its sides and a wake-up on its way, so that none of them finds it gone.
class ChannelGate : public std::enable_shared_from_this<ChannelGate> {
public:
    ChannelGate(const ChannelGate&) = delete;
    ChannelGate& operator=(const ChannelGate&) = delete;

    void close();
    /// Closes, and rings no more: the loop may go away.
    void leave_loop();
    [[nodiscard]] bool closed() const;

protected:
    explicit ChannelGate(Scheduler& scheduler) noexcept : scheduler_(&scheduler) {}
    virtual ~ChannelGate() = default;

    /// Has serve() called in a later turn, when a task waits; once for several rings. Called with
    /// the mutex held, so that the loop cannot go away meanwhile.
    void ring();
    /// Hands items to waiting tasks, and takes theirs. On the loop's thread, with the mutex held.
    virtual void serve() = 0;

    /// False: \a deadline came first.
    template <class Condition>
    static bool wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                     Deadline deadline, Condition condition) {
        if (deadline.is_never()) {
            changed.wait(lock, condition);
            return true;
        }
        return changed.wait_until(lock, deadline.when(), condition);
    }

    /// Guards all but the lists, which are the loop's.
    mutable std::mutex mutex_;
    std::condition_variable not_empty_;
    std::condition_variable not_full_;
    WaiterList getters_;
    WaiterList putters_;
    /// May be true for a task that has been stopped; then a ring finds nothing to do.
    bool task_waits_ = false;
    bool closed_ = false;

private:
    bool rung_ = false;
    /// Null once the channel has died.
    Scheduler* scheduler_;
};

}  // namespace runnel::detail
