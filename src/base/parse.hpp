#pragma once

#include <cstdint>
#include <string_view>

#include "base/deadline.hpp"
#include "base/result.hpp"

namespace runnel {

/// A number of starts per span of time, both above zero: `2/15s` is 2 per 15 seconds.
/// Has a constructor so that it is no aggregate (see Error).
class Rate {
public:
    Rate(std::uint64_t count, Duration per) : count_(count), per_(per) {}

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] Duration per() const noexcept { return per_; }

private:
    std::uint64_t count_;
    Duration per_;
};

// What a person gives as the value of an option. All independent of the locale; all failures are
// ErrorClass::BadInput, say what was given and what is expected, and leave naming the option to the
// caller. Nothing around or inside a value is skipped: `5 s` is refused.

/// `250ms`, `5s`, `2m`, `1h` or bare seconds; fractions allowed; at most 100 years. Only a written
/// zero gives zero, which switches a limit off; a shorter time than the clock's tick is one tick.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

/// Bytes: a number and `k`, `M`, `G` or `T` (1024-fold steps, either case, `B` or `iB` may follow);
/// fractions allowed; at most 2^63 - 1. Only a written zero gives zero.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

/// `100/s`, `5/m`, `2/15s`: a whole number per unit or per duration. A bare number, a period
/// without a unit and zero on either side are refused.
[[nodiscard]] Result<Rate> parse_rate(std::string_view text);

}  // namespace runnel
