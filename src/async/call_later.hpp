#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "async/scheduler.hpp"

namespace runnel {

/// A callback that runs at a moment, unless cancel() is called or this is destroyed first. Use it
/// on the scheduler's thread only; while it is pending the scheduler must outlive it.
class [[nodiscard]] DelayedCall {
public:
    DelayedCall(Scheduler& scheduler, TimePoint when, std::function<void()> callback)
        : call_(std::make_unique<Call>(scheduler, std::move(callback))) {
        scheduler.call_at(*call_, when);
    }

    /// Returns false if the callback was called or cancelled.
    [[nodiscard]] bool pending() const noexcept { return call_ && call_->armed(); }
    [[nodiscard]] bool called() const noexcept { return call_ && call_->called(); }
    /// Cancels the callback and destroys it. Does nothing if it was called already.
    void cancel() noexcept {
        if (pending()) {
            call_.reset();
        }
    }

private:
    class Call final : public Timer {
    public:
        Call(Scheduler& scheduler, std::function<void()> callback)
            : scheduler_(scheduler), callback_(std::move(callback)) {}
        Call(const Call&) = delete;
        Call& operator=(const Call&) = delete;
        ~Call() override {
            if (armed()) {
                scheduler_.cancel(*this);
            }
        }

        [[nodiscard]] bool called() const noexcept { return called_; }

    private:
        void expire() noexcept override {
            called_ = true;
            // The callback may destroy the DelayedCall, and so this.
            const std::function<void()> callback = std::move(callback_);
            callback();
        }

        Scheduler& scheduler_;
        std::function<void()> callback_;
        bool called_ = false;
    };

    std::unique_ptr<Call> call_;
};

/// Runs \a callback in a timer, \a span from now; a span of zero or less means the next turn. The
/// callback may set events, fill queues and arm timers; it must not resume a coroutine or throw.
/// Keep the returned object: its destruction cancels the call.
[[nodiscard]] inline DelayedCall call_later(Scheduler& scheduler, Duration span,
                                            std::function<void()> callback) {
    const Deadline when = Deadline::within(scheduler.now(), span);
    return DelayedCall(scheduler, when.when(), std::move(callback));
}

}  // namespace runnel
