#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/deadline.hpp"

namespace runnel::http {

/// The longest time parse_retry_after() gives. Any moment of ours plus this is still a TimePoint.
inline constexpr Duration kLongestRetryAfter = std::chrono::hours(24) * 36525;  // 100 years

/// How long, seen from \a now, the value of a Retry-After header asks to wait (RFC 9110 10.2.3): a
/// number of seconds, or a date in one of the three forms of RFC 9110 5.6.7. Zero for a date that
/// has passed; nothing for what is neither. Independent of the locale and of the time zone.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view value,
                                                        std::chrono::system_clock::time_point now);

}  // namespace runnel::http
