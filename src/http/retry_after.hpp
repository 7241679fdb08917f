#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/deadline.hpp"

namespace runnel::http {

class Response;

/// Maximum result of parse_retry_after(): any TimePoint of a run plus this is still a TimePoint.
inline constexpr Duration kMaxRetryAfter = std::chrono::hours(24) * 36525;  // 100 years

/// Returns how long, from \a now, the value of a Retry-After header asks to wait (RFC 9110 10.2.3):
/// a number of seconds, or a date in a form that curl_getdate() reads. Zero for a date in the past;
/// nullopt for other text. Independent of the locale and of the time zone.
[[nodiscard]] std::optional<Duration> parse_retry_after(std::string_view value,
                                                        std::chrono::system_clock::time_point now);

/// Returns how long \a response asks to wait: the Retry-After of a 429 or 503. Zero if there is
/// none, or if it cannot be parsed.
[[nodiscard]] Duration retry_after_of(const Response& response);

}  // namespace runnel::http
