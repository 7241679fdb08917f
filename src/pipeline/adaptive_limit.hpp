#pragma once

#include <cstddef>

#include "base/deadline.hpp"

namespace runnel {

/// Adapts the number of requests in flight to one origin to the speed of its answers: additive
/// increase, multiplicative decrease, based on the time to the first byte. Follows Vector's
/// adaptive request concurrency (derived from Netflix's concurrency-limits), with TCP's slow start
/// (V. Jacobson, "Congestion Avoidance and Control", 1988) and fixes for known weaknesses. Makes no
/// calls itself: the caller reports events and their times.
///
/// Decides once per window of at least 100 ms, one time to the first byte and 10 answers. Requests
/// sent before the window began are ignored, because they ran under another limit.
///
/// - Slow: the mean of the window exceeds the usual time by 2.5 standard deviations, but by at
///   least a quarter of it (and 2 ms) and at most all of it again. The limit is reduced by a tenth.
/// - Refused: a hard sign of overload, such as 429, 503 or a failed connection. The limit is halved
///   at once, and a new window starts.
/// - Otherwise, if the limit was reached: it doubles until the first sign of overload, and grows by
///   one afterwards.
///
/// The usual time follows faster windows but not slower ones; otherwise it would creep up with the
/// limit, in steps too small to notice. After eight slow windows in a row, in which the limit fell
/// to less than half without effect, the load of this client is not the cause: the slower time
/// becomes the usual one.
class AdaptiveLimit {
public:
    static constexpr std::size_t kStart = 4;

    /// \a max is the largest value of the limit; at least 1.
    explicit AdaptiveLimit(std::size_t max) noexcept;

    [[nodiscard]] std::size_t limit() const noexcept { return limit_; }
    /// Reports that as many requests are in flight as the limit allows.
    void reached() noexcept { reached_ = true; }
    /// Reports an answer \a now to a request sent at \a sent, whose first byte came after \a wait.
    void answered(TimePoint sent, Duration wait, TimePoint now) noexcept;
    /// Reports a sign of overload \a now for a request sent at \a sent.
    void refused(TimePoint sent, TimePoint now) noexcept;

    /// Returns whether this can be discarded \a now, because nothing was learned for a minute.
    [[nodiscard]] bool is_idle(TimePoint now) const noexcept;

private:
    void begin(TimePoint now) noexcept;
    void decide() noexcept;
    [[nodiscard]] double threshold() const noexcept;
    void learn(double mean, double variance, double weight) noexcept;
    void grow() noexcept;

    std::size_t max_;
    std::size_t limit_;
    bool slow_start_ = true;

    TimePoint began_ = TimePoint::min();
    bool reached_ = false;
    // Sums over the window; times are in seconds.
    std::size_t answers_ = 0;
    double sum_ = 0;
    double squares_ = 0;

    bool known_ = false;  ///< Whether the usual time is known.
    double usual_ = 0;
    double variance_ = 0;
    unsigned slow_windows_ = 0;  ///< In a row.
};

}  // namespace runnel
