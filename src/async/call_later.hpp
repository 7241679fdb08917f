#pragma once

#include <functional>
#include <memory>
#include <utility>

#include "async/scheduler.hpp"

namespace runnel {

/// A callback that is to run at a moment. Taken back by cancel(), and when this dies. Belongs to
/// the scheduler's thread; the scheduler must outlive it while it is pending.
class [[nodiscard]] DelayedCall {
public:
    DelayedCall(Scheduler& scheduler, TimePoint when, std::function<void()> callback)
        : call_(std::make_unique<Call>(scheduler, std::move(callback))) {
        scheduler.call_at(*call_, when);
    }

    /// False: it has been called, or was taken back.
    [[nodiscard]] bool pending() const noexcept { return call_ && call_->armed(); }
    [[nodiscard]] bool called() const noexcept { return call_ && call_->called(); }
    /// Takes the callback back, and drops it. Nothing when it has been called.
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
            // The callback may drop its owner, and so this.
            const std::function<void()> callback = std::move(callback_);
            callback();
        }

        Scheduler& scheduler_;
        std::function<void()> callback_;
        bool called_ = false;
    };

    std::unique_ptr<Call> call_;
};

/// Has \a callback run \a span from now, by a timer; a span of zero or less is the next turn. It
/// may mark, post and arm timers; it resumes nobody and must not throw. Keep what is returned: when
/// it dies, the call is taken back.
[[nodiscard]] inline DelayedCall call_later(Scheduler& scheduler, Duration span,
                                            std::function<void()> callback) {
    const Deadline when = Deadline::within(scheduler.now(), span);
    return DelayedCall(scheduler, when.when(), std::move(callback));
}

}  // namespace runnel
