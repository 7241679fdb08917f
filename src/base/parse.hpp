#pragma once

#include <cstdint>
#include <string_view>

#include "base/deadline.hpp"
#include "base/result.hpp"

namespace runnel {

/// A number of starts per span of time, both above zero: `2/15s` is 2 per 15 seconds.
/// Has a constructor so that it is not an aggregate (see Error).
class Rate {
public:
    Rate(std::uint64_t count, Duration per) : count_(count), per_(per) {}

    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    [[nodiscard]] Duration per() const noexcept { return per_; }

private:
    std::uint64_t count_;
    Duration per_;
};

// Parsers for the values of options. They do not depend on the locale. Errors are
// ErrorClass::BadInput; the message quotes the value and describes the expected syntax, and the
// caller adds the name of the option. White space is not skipped: `5 s` is refused.

/// Parses `250ms`, `5s`, `2m`, `1h` or seconds without a unit. Fractions are allowed; the maximum
/// is 100 years. Only zero itself yields zero, which usually means no limit; a positive value below
/// one tick of the clock yields one tick.
[[nodiscard]] Result<Duration> parse_duration(std::string_view text);

/// Parses a size in bytes: a number, optionally with `k`, `M`, `G` or `T` (powers of 1024, either
/// case, optionally followed by `B` or `iB`). Fractions are allowed; the maximum is 2^63 - 1. Only
/// zero itself yields zero.
[[nodiscard]] Result<std::uint64_t> parse_size(std::string_view text);

/// Parses `100/s`, `5/m`, `2/15s`: an integer per unit or per duration. A number without a period,
/// a period without a unit, and zero on either side are refused.
[[nodiscard]] Result<Rate> parse_rate(std::string_view text);

}  // namespace runnel
