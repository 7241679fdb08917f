#include "pipeline/batcher.hpp"

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

Task<std::optional<Batch>> Batcher::next() {
    const Context& context = co_await this_task::context();
    if (context.stop.stop_requested()) {
        throw Cancelled();
    }
    for (;;) {
        std::optional<Batch> batch = take_due();
        if (batch || closed_) {
            co_return batch;
        }
        changed_.clear();
        const Deadline due = filling_.empty() ? Deadline::never() : due_;
        const bool changed = co_await changed_.wait_until(due);
        static_cast<void>(changed);  // take_due() checks both reasons
    }
}

std::optional<Batch> Batcher::take_due() {
    if (!complete_.empty()) {
        Batch batch = std::move(complete_.front());
        complete_.pop_front();
        if (complete_.empty()) {
            can_add_.set();
        }
        return numbered(std::move(batch));
    }
    if (!filling_.empty() && (closed_ || due_.passed(scheduler_.now()))) {
        return numbered(std::exchange(filling_, Batch(delimiter_)));
    }
    return std::nullopt;
}

Batch Batcher::numbered(Batch batch) noexcept {
    ++batches_;
    batch.number = ++last_number_;
    return batch;
}

}  // namespace runnel
