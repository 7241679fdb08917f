#include "http/retry_after.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <string>
#include <system_error>

#include "base/text.hpp"
#include "http/client.hpp"

namespace runnel::http {

namespace {

using std::chrono::seconds;

/// A number that overflows is the longest time there is.
seconds to_span(std::string_view digits) {
    std::int64_t count = 0;
    const auto [end, problem] =
        std::from_chars(digits.data(), digits.data() + digits.size(), count);
    return problem == std::errc() ? seconds(count) : seconds::max();
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view value,
                                          std::chrono::system_clock::time_point now) {
    // In seconds, because Duration cannot hold every number or date.
    constexpr auto kMax = std::chrono::duration_cast<seconds>(kMaxRetryAfter);
    const std::string text(trimmed(value));
    if (!text.empty() && std::ranges::all_of(text, is_digit)) {
        return std::min(to_span(text), kMax);
    }
    const std::time_t date = curl_getdate(text.c_str(), nullptr);
    if (date == -1) {
        return std::nullopt;
    }
    const auto second = std::chrono::floor<seconds>(now);
    const seconds left = std::chrono::sys_seconds(seconds(date)) - second;
    return std::max<Duration>(std::clamp(left, seconds(0), kMax) - (now - second),
                              Duration::zero());
}

Duration retry_after_of(const Response& response) {
    if (response.status() != 429 && response.status() != 503) {
        return Duration::zero();
    }
    const std::optional<std::string> value = response.header("Retry-After");
    if (!value) {
        return Duration::zero();
    }
    return parse_retry_after(*value, std::chrono::system_clock::now()).value_or(Duration::zero());
}

}  // namespace runnel::http
