#include "base/parse.hpp"

#include <chrono>
#include <locale>
#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

void expect_duration(std::string_view text, Duration expected) {
    const Result<Duration> parsed = parse_duration(text);
    ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.error().message();
    EXPECT_EQ(*parsed, expected) << text;
}

void expect_size(std::string_view text, std::uint64_t expected) {
    const Result<std::uint64_t> parsed = parse_size(text);
    ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.error().message();
    EXPECT_EQ(*parsed, expected) << text;
}

void expect_rate(std::string_view text, std::uint64_t count, Duration per) {
    const Result<Rate> parsed = parse_rate(text);
    ASSERT_TRUE(parsed.ok()) << text << ": " << parsed.error().message();
    EXPECT_EQ(parsed->count(), count) << text;
    EXPECT_EQ(parsed->per(), per) << text;
}

template <class Value>
void expect_refused(const Result<Value>& parsed, std::string_view text) {
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().error_class(), ErrorClass::BadInput);
    EXPECT_NE(parsed.error().message().find('"' + std::string(text) + '"'), std::string::npos)
        << parsed.error().message();
}

TEST(ParseDuration, ReadsEveryUnit) {
    expect_duration("250ms", 250ms);
    expect_duration("5s", 5s);
    expect_duration("2m", 2min);
    expect_duration("1h", 1h);
}

TEST(ParseDuration, TakesABareNumberAsSeconds) {
    expect_duration("7", 7s);
    expect_duration("0.5", 500ms);
    expect_duration("007", 7s);
}

TEST(ParseDuration, AllowsFractions) {
    expect_duration("1.5m", 90s);
    expect_duration(".5s", 500ms);
    expect_duration("5.s", 5s);
    expect_duration("0.1s", 100ms);
    expect_duration("0.3333333333333333333333333333333s", 333333333ns);
}

TEST(ParseDuration, ReadsZeroAsZero) {
    for (const char* text : {"0", "0s", "0.0ms", "0h", ".0"}) {
        expect_duration(text, Duration::zero());
    }
}

TEST(ParseDuration, NeverRoundsATinyLimitToZero) {
    expect_duration("0.00000000000000000000000000000001ms", 1ns);
    expect_duration("0.0000000001s", 1ns);
}

TEST(ParseDuration, RefusesInvalidDurations) {
    for (const char* text :
         {"",     " ",  "5 parsecs", "5 s", " 5s",   "5s ",   "-5s",      "-0",   "+5s",
          "s",    ".",  ".s",        "1e3", "inf",   "nan",   "infinity", "0x10", "0x10s",
          "1,5s", "5S", "5us",       "5d",  "1h30m", "1..5s", "1.5.5"}) {
        expect_refused(parse_duration(text), text);
    }
    expect_refused(parse_duration(std::string_view("5s\0", 3)), std::string_view("5s\0", 3));
}

TEST(ParseDuration, QuotesTheValueAndTheExpectedSyntax) {
    EXPECT_EQ(parse_duration("5 parsecs").error().message(),
              "\"5 parsecs\" is not a duration: use 250ms, 5s, 2m or 1h");
}

TEST(ParseDuration, RefusesMoreThanACentury) {
    expect_duration("876600h", 876600h);
    for (const char* text : {"876601h", "876600.1h", "3155760001", "18446744073709551615",
                             "18446744073709551616ms", "99999999999999999999999999999h"}) {
        expect_refused(parse_duration(text), text);
    }
}

/// A locale with a decimal comma. A C++ one, because not every machine has such a C locale.
struct Comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
};

TEST(ParseDuration, DoesNotDependOnTheLocale) {
    const std::locale before = std::locale::global(std::locale(std::locale::classic(), new Comma));
    expect_duration("1.5s", 1500ms);
    expect_refused(parse_duration("1,5s"), "1,5s");
    std::locale::global(before);
}

TEST(ParseSize, ReadsBinaryMultiples) {
    expect_size("0", 0);
    expect_size("1", 1);
    expect_size("64k", 64 << 10);
    expect_size("10M", 10 << 20);
    expect_size("1G", 1 << 30);
    expect_size("2T", std::uint64_t{2} << 40);
}

TEST(ParseSize, TakesEitherCaseAndTrailingB) {
    for (const char* text : {"64K", "64kb", "64KB", "64KiB", "64kib"}) {
        expect_size(text, 64 << 10);
    }
    expect_size("100B", 100);
}

TEST(ParseSize, AllowsFractions) {
    expect_size("1.5M", 3 << 19);
    expect_size(".5k", 512);
    expect_size("0.00001k", 1);
}

TEST(ParseSize, KeepsLargeWholeNumbersExact) {
    expect_size("9223372036854775807", 9223372036854775807U);
    expect_size("9007199254740993", 9007199254740993U);
    expect_size("8589934591G", 8589934591U * (std::uint64_t{1} << 30));
}

TEST(ParseSize, RefusesInvalidSizes) {
    for (const char* text : {"", "k", ".", "-1", "+1", "1 k", "1kk", "1ib", "1bb", "1kbb", "1P",
                             "1e3", "0x10", "inf", "nan", "1,5M", "ten"}) {
        expect_refused(parse_size(text), text);
    }
}

TEST(ParseSize, RefusesOverflow) {
    for (const char* text : {"9223372036854775808", "18446744073709551616", "8589934592G",
                             "8388608T", "99999999999999999999999999k"}) {
        expect_refused(parse_size(text), text);
    }
}

TEST(ParseRate, ReadsAUnitOrADurationAsPeriod) {
    expect_rate("100/s", 100, 1s);
    expect_rate("5/m", 5, 1min);
    expect_rate("1/h", 1, 1h);
    expect_rate("3/ms", 3, 1ms);
    expect_rate("2/15s", 2, 15s);
    expect_rate("1/.5s", 1, 500ms);
    expect_rate("1/1.5m", 1, 90s);
}

TEST(ParseRate, RefusesBareNumbersZerosAndGarbage) {
    for (const char* text : {"", "100", "/", "/s", "5/", "0/s", "5/0s", "-1/s", "5/-1s", "1.5/s",
                             "5/15", "5/1.", "5/s/s", "5 / s", "99999999999999999999/s", "5/d"}) {
        expect_refused(parse_rate(text), text);
    }
}

}  // namespace
}  // namespace runnel
