#include "pipeline/rate_limiter.hpp"

#include <chrono>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart = TimePoint() + 1h;

/// How many start within \a span when somebody looks every \a tick.
std::uint64_t starts_within(RateLimiter& pace, Duration span, Duration tick,
                            TimePoint from = kStart) {
    std::uint64_t started = 0;
    for (TimePoint now = from; now < from + span; now += tick) {
        for (; pace.next() <= now; ++started) {
            pace.start(now);
        }
    }
    return started;
}

TEST(RateLimiter, LetsTheFirstGoAtOnce) {
    const RateLimiter pace(Rate(1, 1h));
    EXPECT_LE(pace.next(), TimePoint());
}

TEST(RateLimiter, KeepsToTheRateWithinFivePercent) {
    for (const std::uint64_t count : {10U, 100U, 1000U}) {
        RateLimiter pace(Rate(count, 1s));
        const std::uint64_t started = starts_within(pace, 10s, 1ms);
        EXPECT_GE(started, count * 10);
        EXPECT_LE(started, count * 10 + count / 10 + 1);
    }
}

TEST(RateLimiter, SpacesThemEvenly) {
    RateLimiter pace(Rate(2, 15s));
    pace.start(kStart);
    EXPECT_EQ(pace.next(), kStart + 7500ms - RateLimiter::kBurst);
    pace.start(kStart + 8s);
    EXPECT_EQ(pace.next(), kStart + 15500ms - RateLimiter::kBurst);
}

TEST(RateLimiter, MakesUpForATenthOfASecondAndNoMore) {
    RateLimiter pace(Rate(100, 1s));
    EXPECT_EQ(starts_within(pace, 10s, 50ms), 995U + 11U);
    EXPECT_EQ(starts_within(pace, 1ms, 1ms, kStart + 1h), 11U);
    EXPECT_EQ(starts_within(pace, 1ms, 1ms, kStart + 2h), 11U);
}

TEST(RateLimiter, HasABurstOfOneWhenTheRateIsLow) {
    RateLimiter pace(Rate(1, 1min));
    EXPECT_EQ(starts_within(pace, 1ms, 1ms), 1U);
    EXPECT_EQ(starts_within(pace, 1ms, 1ms, kStart + 1h), 1U);
}

TEST(RateLimiter, TakesAnyRate) {
    RateLimiter fast(Rate(std::numeric_limits<std::uint64_t>::max(), 1s));
    EXPECT_GT(starts_within(fast, 1us, 1us), 100U);
    RateLimiter slow(Rate(1, 24h * 36525));
    EXPECT_EQ(starts_within(slow, 1s, 1s), 1U);
}

TEST(RateLimiter, IsRestedWhenItWouldGoOnAsANewOne) {
    RateLimiter pace(Rate(10, 1s));
    EXPECT_TRUE(pace.is_rested(kStart));
    pace.start(kStart);
    EXPECT_FALSE(pace.is_rested(kStart + 99ms));
    EXPECT_TRUE(pace.is_rested(kStart + 100ms));
}

}  // namespace
}  // namespace runnel
