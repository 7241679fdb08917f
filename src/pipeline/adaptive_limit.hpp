#pragma once

#include <cstddef>
#include <cstdint>

#include "base/deadline.hpp"

namespace runnel {

/// How many requests one origin gets at once, found out from how fast it answers: additive
/// increase, multiplicative decrease on the time to the first byte, as in Vector's adaptive request
/// concurrency (which has it from Netflix's concurrency-limits), with the slow start of TCP (V.
/// Jacobson, "Congestion Avoidance and Control", 1988) and without what those are known to get
/// wrong. Pure: it is told what happens and when.
///
/// It decides once for each window: at least 100 ms, one time to the first byte and 10 answers.
/// What was sent before the window began says nothing about this limit, and does not count.
///
/// - Slow: the mean of the window is above the usual by 2.5 standard deviations, but at least by a
///   quarter (and 2 ms) and at most by as much again. A tenth less.
/// - Refused: a hard sign, such as 429, 503 or no connection. Half, at once, and a new window.
/// - Else, if all that are allowed have been out: twice as many until the first sign, then one
/// more.
///
/// The usual time follows what is faster, and never what is slower: it would creep up with the
/// limit, each step too small to be seen. Only when eight windows in a row were slow, so that less
/// than half the requests did not help, it is not for us that the server takes longer; then that is
/// the usual.
class AdaptiveLimit {
public:
    static constexpr std::size_t kStart = 4;

    /// \a most: never more than that; at least one.
    explicit AdaptiveLimit(std::size_t most) noexcept;

    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    /// So many are out as it allows.
    void reached() noexcept { reached_ = true; }
    /// What was sent at \a sent is answered well \a now, with its first byte after \a wait.
    void answered(TimePoint sent, Duration wait, TimePoint now) noexcept;
    /// What was sent at \a sent met, \a now, a sign of too much.
    void refused(TimePoint sent, TimePoint now) noexcept;

    /// Whether it could as well be forgotten \a now: nothing was learned for a minute.
    [[nodiscard]] bool is_rested(TimePoint now) const noexcept;

private:
    void begin(TimePoint now) noexcept;
    void decide() noexcept;
    [[nodiscard]] double threshold() const noexcept;
    void learn(double mean, double variance, double weight) noexcept;
    void grow() noexcept;

    std::size_t most_;
    std::size_t limit_;
    bool slow_start_ = true;

    TimePoint began_ = TimePoint::min();
    bool reached_ = false;
    // In seconds, of the window.
    std::size_t answers_ = 0;
    double sum_ = 0;
    double squares_ = 0;

    bool known_ = false;  ///< There is a usual time.
    double usual_ = 0;
    double variance_ = 0;
    unsigned slow_windows_ = 0;  ///< In a row.
};

}  // namespace runnel
