#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>

#include "base/deadline.hpp"

namespace runnel {

/// How the limits of origins have changed that were found out (AdaptiveLimit): all are counted, and
/// the last ones kept.
class LimitChanges {
public:
    static constexpr std::size_t kKept = 32;

    class Change {
    public:
        Change(TimePoint moment, std::string who, std::size_t what)
            : at(moment), origin(std::move(who)), limit(what) {}

        TimePoint at;
        std::string origin;
        std::size_t limit;
    };

    /// The limit of \a origin is \a after from \a now on.
    void add(TimePoint now, const std::string& origin, std::size_t before, std::size_t after) {
        ++(after > before ? raised_ : lowered_);
        if (latest_.size() == kKept) {
            latest_.pop_front();
        }
        latest_.emplace_back(now, origin, after);
    }

    [[nodiscard]] std::uint64_t raised() const noexcept { return raised_; }
    [[nodiscard]] std::uint64_t lowered() const noexcept { return lowered_; }
    /// The oldest first.
    [[nodiscard]] const std::deque<Change>& latest() const noexcept { return latest_; }

private:
    std::uint64_t raised_ = 0;
    std::uint64_t lowered_ = 0;
    std::deque<Change> latest_;
};

}  // namespace runnel
