#pragma once

#include <algorithm>
#include <random>

#include "base/deadline.hpp"

namespace runnel::http {

/// Computes the waits before retries: exponential backoff with full jitter, that is, a random time
/// up to a bound that doubles, so that requests which failed together are not retried together (M.
/// Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
class Backoff {
public:
    /// One generator per run, seeded randomly.
    using Random = std::minstd_rand;

    static constexpr Duration kFirstBound = std::chrono::milliseconds(250);
    static constexpr Duration kLastBound = std::chrono::seconds(30);

    explicit Backoff(Random& random) noexcept : random_(random) {}

    /// Upper limit of the next wait.
    [[nodiscard]] Duration bound() const noexcept { return bound_; }
    /// Returns the next wait, from 0 to bound(), and doubles bound().
    [[nodiscard]] Duration next() {
        std::uniform_int_distribution<Duration::rep> spread(0, bound_.count());
        bound_ = std::min(2 * bound_, kLastBound);
        return Duration(spread(random_));
    }

private:
    Random& random_;
    Duration bound_ = kFirstBound;
};

}  // namespace runnel::http
