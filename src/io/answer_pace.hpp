#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>

#include "base/deadline.hpp"

namespace runnel {

/// Chooses how long to wait before the answers of a coprocess are read, from the time that it took
/// for the last ones. A read for each answer would wake this process each time, which can cost a
/// fast coprocess more than the answer itself. So one that needs microseconds for an answer is read
/// every few milliseconds, and any other one at once.
class AnswerPace {
public:
    /// Maximum time per answer of a coprocess that is not read at once.
    static constexpr Duration kFast = std::chrono::microseconds(100);
    /// The shortest wait.
    static constexpr Duration kShortest = std::chrono::milliseconds(1);
    /// Number of bytes that may arrive during a wait: half of what a pipe holds, because a
    /// coprocess whose pipe is full stands still.
    static constexpr std::size_t kMaxBytes = std::size_t{32} << 10;

    /// Records that \a answers, with \a bytes in total, arrived within \a took after their lines
    /// were sent. \a answers must not be 0.
    void record(std::size_t answers, std::size_t bytes, Duration took) noexcept {
        const auto count = static_cast<Duration::rep>(answers);
        const auto size = static_cast<Duration::rep>(std::max<std::size_t>(bytes, 1));
        per_answer_ = took / count;
        const bool wakes_often = per_answer_ < kFast;
        longest_ =
            wakes_often ? std::min(took, took / size * Duration::rep{kMaxBytes}) : Duration::zero();
    }

    /// Returns how long to wait before the next read when \a missing answers have not arrived:
    /// three quarters of the time that they should take, but not longer than the time that was
    /// recorded. 0 means to read at once.
    [[nodiscard]] Duration wait(std::size_t missing) const noexcept {
        const Duration rest = per_answer_ * static_cast<Duration::rep>(missing) * 3 / 4;
        const Duration wait = std::min(rest, longest_);
        return wait < kShortest ? Duration::zero() : wait;
    }

private:
    Duration per_answer_ = Duration::zero();
    Duration longest_ = Duration::zero();
};

}  // namespace runnel
