#pragma once

#include <cstddef>
#include <optional>
#include <utility>

#include "async/collect.hpp"
#include "async/semaphore.hpp"
#include "async/stream.hpp"
#include "async/task_group.hpp"

namespace runnel::detail {

/// The part that adapters share which take items of a stream before they are asked for some: a task
/// beside the reader, which pulls as far as there is room. An item is taken only when there is room
/// for it, so none is in hand when the task is stopped. After that, the next look pulls on.
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
    /// \a room: how many items may be taken and not be given yet.
    PullingSource(const Context& context, AsyncStream<In> source, std::size_t room)
        : context_(context), source_(std::move(source)), room_(room) {
        RUNNEL_ENSURE(room > 0, "a stream needs room for one item");
    }

    /// Takes \a item in; its room is free again when \a room dies.
    virtual void accept(In item, Permit room) = 0;

    /// Sees to it that items are pulled: first thing of each look of the reader.
    void pull_on() {
        if (!group_ && !over_) {
            ending_.reset();
            group_.emplace(context_);
            group_->start(pull());
        }
    }
    /// Nothing more will be accepted, until a failure or a stop was told.
    [[nodiscard]] bool pulled_out() const noexcept { return over_ || ending_.has_value(); }
    /// What finish() does when all that was accepted has been given: the end, or why there is one.
    Task<std::optional<Out>> finish() {
        if (!over_) {
            ending_->get();
        }
        if (group_) {
            co_await join();
        }
        co_return std::nullopt;
    }

    /// Something happened for which the reader may wait.
    void change() noexcept { changed_.set(); }
    /// Waits for that, or for \a deadline.
    Task<void> changed(Deadline deadline = Deadline::never()) {
        changed_.clear();
        const bool in_time = co_await changed_.wait_until(deadline);
        static_cast<void>(in_time);  // the reader looks at its own clock
    }

    /// Asks for what stop() waits for.
    void request_stop() noexcept {
        if (group_) {
            group_->request_stop();
        }
    }
    /// Where the task runs that pulls, and those that accept() starts.
    [[nodiscard]] TaskGroup& group() noexcept { return *group_; }
    [[nodiscard]] TimePoint now() const noexcept { return context_.scheduler->now(); }

private:
    Task<void> pull() {
        Outcome<void> ending;
        co_await collect(pull_all(), ending);
        over_ = ending.ok();
        ending_.emplace(std::move(ending));
        change();
    }
    Task<void> pull_all() {
        for (;;) {
            Permit room = co_await room_.acquire();
            if (group_->stop_requested()) {
                throw Cancelled();  // the room was there first, but no item was taken yet
            }
            std::optional<In> item = co_await source_.next();
            if (!item) {
                co_return;
            }
            accept(std::move(*item), std::move(room));
            change();
        }
    }
    Task<void> join() {
        try {
            co_await group_->join();
        } catch (const Cancelled&) {
            // The context was stopped, and this is not where its tasks hear of it.
        }
        group_.reset();
    }

    const Context& context_;
    AsyncStream<In> source_;
    Semaphore room_;
    Event changed_;
    bool over_ = false;
    std::optional<Outcome<void>> ending_;  ///< Of the task that pulls; none while it does.
    std::optional<TaskGroup> group_;       ///< While something may run in it.
};

}  // namespace runnel::detail
