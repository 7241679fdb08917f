#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "base/deadline.hpp"

namespace runnel {

/// Changes of the adaptive limits of origins (AdaptiveLimit): counts all, and keeps the latest
/// ones.
class LimitChanges {
public:
    static constexpr std::size_t kMaxLatest = 32;

    class Change {
    public:
        Change(TimePoint when, std::string of, std::size_t new_limit)
            : at(when), origin(std::move(of)), limit(new_limit) {}

        TimePoint at;
        std::string origin;
        std::size_t limit;
    };

    /// Records that \a now the limit of \a origin changed from \a before to \a after.
    void add(TimePoint now, const std::string& origin, std::size_t before, std::size_t after) {
        ++(after > before ? raised_ : lowered_);
        if (latest_.size() == kMaxLatest) {
            latest_.pop_front();
        }
        latest_.emplace_back(now, origin, after);
    }

    [[nodiscard]] std::uint64_t raised() const noexcept { return raised_; }
    [[nodiscard]] std::uint64_t lowered() const noexcept { return lowered_; }
    /// Returns the latest changes, the oldest first.
    [[nodiscard]] const std::deque<Change>& latest() const noexcept { return latest_; }

private:
    std::uint64_t raised_ = 0;
    std::uint64_t lowered_ = 0;
    std::deque<Change> latest_;
};

}  // namespace runnel
