#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "async/outcome.hpp"
#include "async/semaphore.hpp"
#include "async/stream.hpp"
#include "async/task_group.hpp"

namespace runnel::detail {

/// The base of adapters that take items of a stream before the reader asks for them. A task that
/// runs at the same time as the reader pulls items while there are free slots. It acquires the slot
/// before the item, so that no item is lost when the task is stopped; the next call of next()
/// starts it again.
template <class In, class Out>
class PullingSource : public StreamSource<Out> {
public:
    Task<void> stop() override {
        request_stop();
        if (group_) {
            co_await join();
        }
        co_await source_.stop();
    }

protected:
    /// \a slots is the maximum number of items taken from \a source and not yet returned.
    PullingSource(const Context& context, AsyncStream<In> source, std::size_t slots)
        : context_(context), source_(std::move(source)), slots_(slots) {
        RUNNEL_ENSURE(slots > 0, "the capacity of a stream must not be 0");
    }

    /// Stores \a item; its slot is free again when \a slot is destroyed.
    virtual void accept(In item, Permit slot) = 0;

    /// Starts the pulling task unless it runs already. Call it at the start of each step of next().
    void start_pulling() {
        if (!group_ && !at_end_) {
            pull_outcome_.reset();
            group_.emplace(context_);
            group_->start(pull());
        }
    }
    /// Returns whether the pulling task has ended: at the end of the source, by a failure or a
    /// stop.
    [[nodiscard]] bool pull_ended() const noexcept { return at_end_ || pull_outcome_.has_value(); }
    /// Call it when pull_ended() and all accepted items were returned: returns nullopt at the end
    /// of the source; otherwise throws what ended the pulling task.
    Task<std::optional<Out>> finish() {
        if (!at_end_) {
            pull_outcome_->get();
        }
        if (group_) {
            co_await join();
        }
        co_return std::nullopt;
    }

    /// Wakes the reader from wait_for_change().
    void notify() noexcept { changed_.set(); }
    /// Waits until notify() or \a deadline.
    Task<void> wait_for_change(Deadline deadline = Deadline::never()) {
        changed_.clear();
        const bool in_time = co_await changed_.wait_until(deadline);
        static_cast<void>(in_time);  // the reader checks the time itself
    }

    void request_stop() noexcept {
        if (group_) {
            group_->request_stop();
        }
    }
    /// The group of the pulling task and of the tasks that accept() starts.
    [[nodiscard]] TaskGroup& group() noexcept { return *group_; }
    [[nodiscard]] TimePoint now() const noexcept { return context_.scheduler->now(); }

private:
    Task<void> pull() {
        Outcome<void> outcome;
        co_await collect(pull_all(), outcome);
        at_end_ = outcome.ok();
        pull_outcome_.emplace(std::move(outcome));
        notify();
    }
    Task<void> pull_all() {
        for (;;) {
            Permit slot = co_await slots_.acquire();
            if (group_->stop_requested()) {
                throw Cancelled();  // the slot was granted before the stop; no item was taken yet
            }
            std::optional<In> item = co_await source_.next();
            if (!item) {
                co_return;
            }
            accept(std::move(*item), std::move(slot));
            notify();
        }
    }
    Task<void> join() {
        try {
            co_await group_->join();
        } catch (const Cancelled&) {
            // The context was stopped; the reader learns of that from finish() or its own waits.
        }
        group_.reset();
    }

    const Context& context_;
    AsyncStream<In> source_;
    Semaphore slots_;
    Event changed_;
    bool at_end_ = false;
    std::optional<Outcome<void>> pull_outcome_;  ///< Empty while the pulling task runs.
    std::optional<TaskGroup> group_;             ///< Empty while none of its tasks can run.
};

}  // namespace runnel::detail
