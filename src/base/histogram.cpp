#include "base/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace runnel {

Duration Histogram::percentile(double percent) const noexcept {
    const double share = std::clamp(percent, 0.0, 100.0) / 100.0;
    const double rank = std::max(1.0, std::ceil(share * static_cast<double>(count_)));
    double seen = 0;
    // The last bucket also counts values above the range; max_ is their only known bound.
    for (std::size_t bucket = 0; bucket + 1 < kBuckets; ++bucket) {
        seen += static_cast<double>(counts_[bucket]);
        if (seen >= rank) {
            return to_duration(std::min(highest_in(bucket), max_));
        }
    }
    return to_duration(max_);
}

}  // namespace runnel
