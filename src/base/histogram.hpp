#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "base/deadline.hpp"

namespace runnel {

/// Counts durations in fixed memory (10 KB) and returns percentiles with a relative error of at
/// most 1/32. Buckets are log-linear as in HdrHistogram (http://hdrhistogram.org, Gil Tene): each
/// power of two of nanoseconds is divided into 32 equal buckets.
class Histogram {
public:
    /// Counts \a value. A negative one counts as zero, one above 73 minutes as 73 minutes (max()
    /// stays exact).
    void record(Duration value) noexcept {
        const auto ticks = value.count() < 0 ? 0U : static_cast<std::uint64_t>(value.count());
        ++counts_[bucket_of(ticks)];
        ++count_;
        max_ = ticks > max_ ? ticks : max_;
    }

    /// Returns the duration that \a percent (0 to 100) of the values do not exceed. Not below the
    /// true percentile and not above max(); zero if nothing was recorded.
    [[nodiscard]] Duration percentile(double percent) const noexcept;

    /// Returns the largest value, exactly.
    [[nodiscard]] Duration max() const noexcept { return to_duration(max_); }
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

private:
    static constexpr unsigned kPartBits = 5;
    static constexpr std::uint64_t kParts = std::uint64_t{1} << kPartBits;
    static constexpr unsigned kValueBits = 42;  // 2^42 ns is 73 minutes
    static constexpr std::size_t kBuckets = (kValueBits - kPartBits + 1) * kParts;

    /// Values below 32 have a bucket each; for larger ones the 5 bits after the leading one select
    /// the bucket.
    [[nodiscard]] static constexpr std::size_t bucket_of(std::uint64_t ticks) noexcept {
        const auto width = static_cast<unsigned>(std::bit_width(ticks));
        const unsigned shift = width > kPartBits ? width - kPartBits - 1 : 0;
        const std::size_t bucket = (ticks >> shift) + shift * kParts;
        return bucket < kBuckets ? bucket : kBuckets - 1;
    }
    [[nodiscard]] static constexpr std::uint64_t highest_in(std::size_t bucket) noexcept {
        const std::size_t shift = bucket < 2 * kParts ? 0 : bucket / kParts - 1;
        return ((bucket - shift * kParts + 1) << shift) - 1;
    }
    [[nodiscard]] static constexpr Duration to_duration(std::uint64_t ticks) noexcept {
        return Duration(static_cast<Duration::rep>(ticks));
    }

    std::array<std::uint64_t, kBuckets> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t max_ = 0;
};

}  // namespace runnel
