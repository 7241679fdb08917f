#include "http/retry_after.hpp"

#include <array>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace runnel::http {
namespace {

using namespace std::chrono_literals;
using namespace std::chrono;

/// 1994-11-06 08:49:37 UTC, the date of the examples in RFC 9110.
constexpr sys_seconds kExample = sys_days(1994y / November / 6) + 8h + 49min + 37s;

system_clock::time_point at(sys_seconds moment) { return moment; }

void expect_none(std::string_view value) {
    EXPECT_FALSE(parse_retry_after(value, at(kExample))) << '"' << value << '"';
}

TEST(RetryAfter, TakesSeconds) {
    EXPECT_EQ(parse_retry_after("120", at(kExample)), 120s);
    EXPECT_EQ(parse_retry_after("0", at(kExample)), 0s);
    EXPECT_EQ(parse_retry_after("007", at(kExample)), 7s);
    EXPECT_EQ(parse_retry_after(" 5\t", at(kExample)), 5s);
}

TEST(RetryAfter, CountsSecondsFromNow) {
    EXPECT_EQ(parse_retry_after("3", at(kExample) + 999ms), 3s);
}

TEST(RetryAfter, TakesTheThreeFormsOfADate) {
    for (const char* value : {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                              "Sun Nov  6 08:49:37 1994", " Sun, 06 Nov 1994 08:49:37 GMT "}) {
        EXPECT_EQ(parse_retry_after(value, at(kExample - 90s)), 90s) << value;
    }
}

TEST(RetryAfter, TakesEveryMonthAndDay) {
    constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    constexpr std::array kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                      "Thursday", "Friday", "Saturday"};
    constexpr sys_days kBegin = 2023y / December / 1;
    for (sys_days day = kBegin + days(1); day < 2025y / March / 1; day += days(1)) {
        const year_month_day date(day);
        const auto number = static_cast<unsigned>(date.day());
        const int year = static_cast<int>(date.year());
        const std::string month = kMonths[static_cast<unsigned>(date.month()) - 1];
        const std::string weekday = kWeekdays[std::chrono::weekday(day).c_encoding()];
        const std::string short_weekday = weekday.substr(0, 3);
        for (const std::string& value :
             {fmt::format("{}, {:02} {} {} 00:00:00 GMT", short_weekday, number, month, year),
              fmt::format("{}, {:02}-{}-{} 00:00:00 GMT", weekday, number, month, year % 100),
              fmt::format("{} {} {:2} 00:00:00 {}", short_weekday, month, number, year)}) {
            EXPECT_EQ(parse_retry_after(value, at(kBegin)), day - kBegin) << value;
        }
    }
}

TEST(RetryAfter, WaitsUntilTheDateItself) {
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", at(kExample - 2s) + 250ms),
              1750ms);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", at(kExample - 1s) + 999ms), 1ms);
}

TEST(RetryAfter, IsZeroForADateThatHasPassed) {
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", at(kExample)), 0s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", at(kExample) + 1ms), 0s);
    EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", at(sys_days(2026y / July / 1))),
              0s);
    EXPECT_EQ(parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT", at(kExample)), 0s);
}

TEST(RetryAfter, IsAtMostAHundredYears) {
    for (const char* value : {"3155760001", "9223372036", "9223372036854775807",
                              "9223372036854775808", "99999999999999999999999999999999999999",
                              "Fri, 31 Dec 9999 23:59:59 GMT", "Fri Dec 31 23:59:59 9999"}) {
        const auto span = parse_retry_after(value, at(kExample));
        EXPECT_EQ(span, kMaxRetryAfter) << value;
        EXPECT_GT(TimePoint(24h * 365 * 50) + *span, TimePoint(24h * 365 * 50));
    }
    EXPECT_EQ(parse_retry_after("3155760000", at(kExample)), kMaxRetryAfter);
    EXPECT_EQ(parse_retry_after("3155759999", at(kExample)), kMaxRetryAfter - 1s);
}

TEST(RetryAfter, KnowsLeapDaysAndLeapSeconds) {
    const auto now = at(sys_days(2024y / February / 29));
    EXPECT_EQ(parse_retry_after("Fri, 01 Mar 2024 00:00:00 GMT", now), 24h);
    EXPECT_EQ(parse_retry_after("Thu, 29 Feb 2024 00:00:01 GMT", now), 1s);
    EXPECT_EQ(parse_retry_after("Thu, 29 Feb 2024 23:59:60 GMT", now), 24h);
}

TEST(RetryAfter, RefusesDatesThatDoNotExist) {
    for (const char* value : {"Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 32 Jan 1994 08:49:37 GMT",
                              "Sun, 06 Nov 1994 24:00:00 GMT", "Sun, 06 Nov 1994 08:60:00 GMT",
                              "Sun, 06 Nov 1994 08:49:61 GMT"}) {
        expect_none(value);
    }
}

TEST(RetryAfter, RefusesOtherText) {
    for (const char* value :
         {"", " ", "\t", "-1", "+1", "1.5", "1s", "1 2", "0x10", "1e3", "soon", "120, 120",
          "12:00:00", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 199x 08:49:37 GMT",
          "Sonntag, 06-Nov-94 08:49:37 GMT", "Sun Nov 0x 08:49:37 1994", "Sun", "Sun, "}) {
        expect_none(value);
    }
}

}  // namespace
}  // namespace runnel::http
