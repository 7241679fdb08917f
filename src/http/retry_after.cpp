#include "http/retry_after.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <system_error>
#include "base/text.hpp"

namespace runnel::http {

namespace {

using std::chrono::sys_days;
using std::chrono::sys_seconds;

constexpr std::array<std::string_view, 7> kDays = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
constexpr std::array<std::string_view, 7> kLongDays = {
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct Date {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;
};

/// Takes one thing after another off the front of a text; false when another thing is there.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    bool literal(std::string_view expected) {
        if (!rest_.starts_with(expected)) {
            return false;
        }
        rest_.remove_prefix(expected.size());
        return true;
    }
    /// Exactly \a digits of them.
    template <class Number>
    bool number(std::size_t digits, Number& value) {
        const std::string_view text = rest_.substr(0, digits);
        if (text.size() < digits || !std::ranges::all_of(text, is_digit)) {
            return false;
        }
        std::from_chars(text.data(), text.data() + digits, value);
        rest_.remove_prefix(digits);
        return true;
    }
    bool one_of(std::span<const std::string_view> names) {
        return std::ranges::any_of(names, [this](std::string_view name) { return literal(name); });
    }
    bool month(unsigned& value) {
        const auto found =
            std::ranges::find_if(kMonths, [this](std::string_view name) { return literal(name); });
        value = static_cast<unsigned>(found - kMonths.begin()) + 1;
        return found != kMonths.end();
    }
    bool time(Date& date) {
        return number(2, date.hour) && literal(":") && number(2, date.minute) && literal(":") &&
               number(2, date.second);
    }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

private:
    std::string_view rest_;
};

/// `Sun, 06 Nov 1994 08:49:37 GMT`
bool scan_imf_fixdate(Scanner text, Date& date) {
    return text.one_of(kDays) && text.literal(", ") && text.number(2, date.day) &&
           text.literal(" ") && text.month(date.month) && text.literal(" ") &&
           text.number(4, date.year) && text.literal(" ") && text.time(date) &&
           text.literal(" GMT") && text.at_end();
}

/// `Sunday, 06-Nov-94 08:49:37 GMT`, with a year of two digits.
bool scan_rfc850(Scanner text, Date& date) {
    return text.one_of(kLongDays) && text.literal(", ") && text.number(2, date.day) &&
           text.literal("-") && text.month(date.month) && text.literal("-") &&
           text.number(2, date.year) && text.literal(" ") && text.time(date) &&
           text.literal(" GMT") && text.at_end();
}

/// `Sun Nov  6 08:49:37 1994`
bool scan_asctime(Scanner text, Date& date) {
    return text.one_of(kDays) && text.literal(" ") && text.month(date.month) && text.literal(" ") &&
           text.number(text.literal(" ") ? 1 : 2, date.day) && text.literal(" ") &&
           text.time(date) && text.literal(" ") && text.number(4, date.year) && text.at_end();
}

/// Second 60 is a leap second, and taken for the next one.
std::optional<sys_seconds> to_moment(const Date& date) {
    const std::chrono::year_month_day day{
        std::chrono::year(date.year), std::chrono::month(date.month), std::chrono::day(date.day)};
    if (!day.ok() || date.hour > 23 || date.minute > 59 || date.second > 60) {
        return std::nullopt;
    }
    return sys_days(day) + std::chrono::hours(date.hour) + std::chrono::minutes(date.minute) +
           std::chrono::seconds(date.second);
}

/// One that seems to be more than 50 years ahead is the last one with these digits (RFC 9110).
int to_full_year(int two_digits, int this_year) {
    const int year = this_year - this_year % 100 + two_digits;
    return year > this_year + 50 ? year - 100 : year;
}

std::optional<sys_seconds> parse_date(std::string_view text, sys_days today) {
    Date date;
    if (scan_rfc850(Scanner(text), date)) {
        const auto this_year = static_cast<int>(std::chrono::year_month_day(today).year());
        date.year = to_full_year(date.year, this_year);
    } else if (!scan_imf_fixdate(Scanner(text), date) && !scan_asctime(Scanner(text), date)) {
        return std::nullopt;
    }
    return to_moment(date);
}

/// A number too large for the type is a very long time.
std::optional<std::chrono::seconds> parse_seconds(std::string_view text) {
    if (text.empty() || !std::ranges::all_of(text, is_digit)) {
        return std::nullopt;
    }
    std::int64_t seconds = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    return problem == std::errc() ? std::chrono::seconds(seconds) : std::chrono::seconds::max();
}

}  // namespace

std::optional<Duration> parse_retry_after(std::string_view value,
                                          std::chrono::system_clock::time_point now) {
    using std::chrono::seconds;
    const std::string_view text = trimmed(value);
    std::optional<seconds> span = parse_seconds(text);
    Duration begun = Duration::zero();  // what has passed of the second that span counts from
    if (!span) {
        const sys_seconds second = std::chrono::floor<seconds>(now);
        const auto date = parse_date(text, std::chrono::floor<std::chrono::days>(now));
        if (!date) {
            return std::nullopt;
        }
        span = *date - second;
        begun = now - second;
    }
    // In seconds, of which a number can hold more than of the clock's ticks.
    const auto longest = std::chrono::duration_cast<seconds>(kLongestRetryAfter);
    const Duration capped = std::clamp(*span, seconds(0), longest);
    return std::max(capped - begun, Duration::zero());
}

}  // namespace runnel::http
