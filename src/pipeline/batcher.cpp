#include "pipeline/batcher.hpp"

#include <limits>
#include <utility>

#include "base/ensure.hpp"

namespace runnel {

Batcher::Batcher(const Scheduler& scheduler, const BatchLimits& limits, char delimiter) noexcept
    : scheduler_(scheduler), limits_(limits), delimiter_(delimiter), filling_(delimiter) {
    can_add_.set();
}

void Batcher::add(std::string_view line, const std::shared_ptr<LineOwner>& owner) {
    RUNNEL_ENSURE(!closed_, "a line was added to a closed Batcher");
    if (!filling_.empty() && !fits(line)) {
        complete();
    }
    if (filling_.empty()) {
        due_ = Deadline::after(scheduler_.now(), limits_.age);
        changed_.set();
    }
    filling_.add(line, owner);
    ++lines_;
    if (filled()) {
        complete();
    }
}

bool Batcher::fits(std::string_view line) const noexcept {
    const std::size_t lines = filling_.size() + 1;
    const std::uint64_t bytes = filling_.text().size() - filling_.size() + line.size();
    return limits_.bytes.allows(bytes, lines) && limits_.arguments.allows(bytes, lines);
}

/// Returns whether the batch is complete: not even an empty line would fit.
bool Batcher::filled() const noexcept {
    return filling_.size() >= limits_.lines || !fits(std::string_view());
}

void Batcher::complete() {
    complete_.push_back(std::exchange(filling_, Batch(delimiter_)));
    can_add_.clear();
    changed_.set();
}

void Batcher::close() noexcept {
    closed_ = true;
    changed_.set();
}

Task<std::optional<Batch>> Batcher::next(MaxLines max_lines) {
    const Context& context = co_await this_task::context();
    if (context.stop.stop_requested()) {
        throw Cancelled();
    }
    for (;;) {
        if (is_due()) {
            co_return take(max_lines ? max_lines() : std::numeric_limits<std::size_t>::max());
        }
        if (closed_) {
            co_return std::nullopt;
        }
        changed_.clear();
        const Deadline due = filling_.empty() ? Deadline::never() : due_;
        const bool changed = co_await changed_.wait_until(due);
        static_cast<void>(changed);  // is_due() checks both reasons
    }
}

bool Batcher::is_due() const noexcept {
    const bool filling_is_due = closed_ || limits_.at_once || due_.passed(scheduler_.now());
    return !complete_.empty() || (!filling_.empty() && filling_is_due);
}

Batch Batcher::take(std::size_t max_lines) {
    const bool complete = !complete_.empty();
    Batch& source = complete ? complete_.front() : filling_;
    RUNNEL_ENSURE(!source.empty(), "a batch was taken from a Batcher that has none");
    Batch batch = source.size() <= max_lines ? std::exchange(source, Batch(delimiter_))
                                             : source.take_first(max_lines);
    if (complete && source.empty()) {
        complete_.pop_front();
    }
    if (complete_.empty()) {
        can_add_.set();
    }
    ++batches_;
    batch.number = ++last_number_;
    return batch;
}

}  // namespace runnel
