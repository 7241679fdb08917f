// Retry-After: bounds, numbers, dates. The first line is the time now (seconds since 1970), the
// rest the value.

#include "http/retry_after.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <ctime>
#include <string>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz_text.hpp"

namespace runnel::http {
namespace {

using std::chrono::seconds;
using std::chrono::system_clock;

/// Formats \a second as the date of HTTP (RFC 9110, section 5.6.7).
std::string http_date(std::time_t second) {
    std::tm parts = {};
    RUNNEL_ENSURE(::gmtime_r(&second, &parts) != nullptr, "gmtime_r");
    std::array<char, 64> text = {};
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return text.data();
}

void check_number(std::string_view digits, Duration wait) {
    constexpr auto kMax = std::chrono::duration_cast<seconds>(kMaxRetryAfter);
    const std::size_t zeros = std::min(digits.find_first_not_of('0'), digits.size());
    const std::string number(digits.substr(zeros));
    // Beyond 18 digits std::atoll overflows.
    const bool huge = number.size() > 18 || std::atoll(number.c_str()) > kMax.count();
    RUNNEL_ENSURE(wait == (huge ? Duration(kMaxRetryAfter) : seconds(std::atoll(number.c_str()))),
                  "another number");
}

/// A date \a wait after \a now is that wait, to the second.
void check_date(system_clock::time_point now, seconds wait) {
    const auto date = std::chrono::floor<seconds>(now) + wait;
    const std::optional<Duration> read =
        parse_retry_after(http_date(date.time_since_epoch().count()), now);
    RUNNEL_ENSURE(read == date - now || (date < now && read == Duration::zero()), "another date");
}

void check(system_clock::time_point now, const std::string& value) {
    const std::optional<Duration> wait = parse_retry_after(value, now);
    RUNNEL_ENSURE(parse_retry_after(" \t" + value + " ", now) == wait, "blanks count");
    if (!wait) {
        return;
    }
    RUNNEL_ENSURE(*wait >= Duration::zero() && *wait <= kMaxRetryAfter, "out of bounds");
    const std::string_view digits = trimmed(value);
    if (std::ranges::all_of(digits, is_digit)) {
        check_number(digits, *wait);
    }
    const auto whole = std::chrono::floor<seconds>(*wait);
    if (whole < std::chrono::hours(24) * 3650) {
        check_date(now, whole);
    }
}

}  // namespace
}  // namespace runnel::http

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using std::chrono::milliseconds;
    std::string_view text = runnel::fuzz::as_text(data, size);
    const std::string line(runnel::fuzz::take_line(text));
    // The years 1970 to 2101.
    const auto since_1970 =
        milliseconds(std::strtoull(line.c_str(), nullptr, 10) % 4'133'980'800'000);
    runnel::http::check(std::chrono::system_clock::time_point(since_1970), std::string(text));
    return 0;
}
