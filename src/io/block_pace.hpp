#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "base/deadline.hpp"

namespace runnel {

/// Chooses how many lines a coprocess gets in one block, from the time that it took for the last
/// one: few enough that no line waits long behind others, many enough that the exchange costs
/// little. Begins with one line.
class BlockPace {
public:
    /// A block answered within this time lets the next one be twice as large.
    static constexpr Duration kFast = std::chrono::milliseconds(5);
    /// A block that took longer than this lets the next one be half as large.
    static constexpr Duration kSlow = std::chrono::milliseconds(20);

    /// \a max_lines is the largest block, at least 1.
    explicit BlockPace(std::size_t max_lines) noexcept : max_lines_(max_lines) {}

    /// Returns the maximum number of lines of the next block.
    [[nodiscard]] std::size_t lines() const noexcept { return lines_; }
    /// Records that the last of \a lines in a block was answered \a took after the block was
    /// written. A block of fewer lines than lines() says nothing about a larger one.
    void record(std::size_t lines, Duration took) noexcept {
        if (took > kSlow) {
            lines_ = std::max<std::size_t>(lines_ / 2, 1);
        } else if (took <= kFast && lines >= lines_) {
            lines_ = std::min(lines_ * 2, max_lines_);
        }
    }

private:
    std::size_t max_lines_;
    std::size_t lines_ = 1;
};

}  // namespace runnel
