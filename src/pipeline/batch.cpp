#include "pipeline/batch.hpp"

#include <algorithm>
#include <utility>

namespace runnel {

void Batch::add(std::string_view line, const std::shared_ptr<LineOwner>& owner) {
    text_ += line;
    text_ += delimiter_;
    ends_.push_back(text_.size());
    if (shares_.empty() || shares_.back().owner != owner) {
        shares_.push_back(Share{owner, 0});
    }
    ++shares_.back().lines;
}

void Batch::settle(const std::optional<Error>& failure) {
    for (const Share& share : std::exchange(shares_, {})) {
        if (share.owner) {
            share.owner->settle(share.lines, failure);
        }
    }
}

Batch Batch::take_first(std::size_t lines) {
    Batch first(delimiter_);
    first.number = number;
    first.attempts = attempts;
    const std::size_t from = begin();
    const std::size_t last = taken_ + std::min(lines, size());
    for (; taken_ < last; ++taken_) {
        first.ends_.push_back(ends_[taken_] - from);
    }
    first.text_ = text_.substr(from, begin() - from);
    first.shares_ = take_shares(first.size());
    return first;
}

/// Removes and returns the shares of the first \a lines.
std::deque<Batch::Share> Batch::take_shares(std::size_t lines) {
    std::deque<Share> taken;
    while (lines > 0 && !shares_.empty()) {
        Share& first = shares_.front();
        const std::size_t count = std::min(lines, first.lines);
        taken.push_back(Share{first.owner, count});
        lines -= count;
        first.lines -= count;
        if (first.lines == 0) {
            shares_.pop_front();
        }
    }
    return taken;
}

}  // namespace runnel
