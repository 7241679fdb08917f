#pragma once

#include <algorithm>
#include <random>

#include "base/deadline.hpp"

namespace runnel::http {

/// How long to wait before one retry after another: exponential with full jitter, that is, any time
/// up to a bound that doubles, so that those who failed together do not come back together (M.
/// Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
class Backoff {
public:
    /// One for a run, seeded differently in each.
    using Random = std::minstd_rand;

    static constexpr Duration kFirstBound = std::chrono::milliseconds(250);
    static constexpr Duration kLastBound = std::chrono::seconds(30);

    explicit Backoff(Random& random) noexcept : random_(random) {}

    /// What the next wait will not exceed.
    [[nodiscard]] Duration bound() const noexcept { return bound_; }
    /// The next wait, from zero to bound(), which doubles.
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
