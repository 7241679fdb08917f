#include "pipeline/batch.hpp"

#include <algorithm>
#include <utility>

namespace runnel {

void Batch::add(std::string_view line, const std::shared_ptr<LineOwner>& owner) {
    text_ += line;
    text_ += delimiter_;
    ++size_;
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
    first.size_ = std::min(lines, size_);
    std::size_t end = begin_;
    for (std::size_t i = 0; i < first.size_; ++i) {
        end = text_.find(delimiter_, end) + 1;
    }
    first.text_ = text_.substr(begin_, end - begin_);
    first.shares_ = take_shares(first.size_);
    begin_ = end;
    size_ -= first.size_;
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
