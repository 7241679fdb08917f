#include "pipeline/rate_limiter.hpp"

#include <chrono>
#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

const TimePoint kStart = TimePoint() + 1h;

/// Counts the starts within \a span when next() is checked every \a tick.
std::uint64_t starts_within(RateLimiter& limiter, Duration span, Duration tick,
                            TimePoint from = kStart) {
    std::uint64_t started = 0;
    for (TimePoint now = from; now < from + span; now += tick) {
        for (; limiter.next() <= now; ++started) {
            limiter.start(now);
        }
    }
    return started;
}

TEST(RateLimiter, AllowsTheFirstAtOnce) {
    const RateLimiter limiter(Rate(1, 1h));
    EXPECT_LE(limiter.next(), TimePoint());
}

TEST(RateLimiter, KeepsToTheRateWithinFivePercent) {
    for (const std::uint64_t count : {10U, 100U, 1000U}) {
        RateLimiter limiter(Rate(count, 1s));
        const std::uint64_t started = starts_within(limiter, 10s, 1ms);
        EXPECT_GE(started, count * 10);
        EXPECT_LE(started, count * 10 + count / 10 + 1);
    }
}

TEST(RateLimiter, SpacesThemEvenly) {
    RateLimiter limiter(Rate(2, 15s));
    limiter.start(kStart);
    EXPECT_EQ(limiter.next(), kStart + 7500ms - RateLimiter::kBurst);
    limiter.start(kStart + 8s);
    EXPECT_EQ(limiter.next(), kStart + 15500ms - RateLimiter::kBurst);
}

TEST(RateLimiter, CatchesUpByAtMostATenthOfASecond) {
    RateLimiter limiter(Rate(100, 1s));
    EXPECT_EQ(starts_within(limiter, 10s, 50ms), 995U + 11U);
    EXPECT_EQ(starts_within(limiter, 1ms, 1ms, kStart + 1h), 11U);
    EXPECT_EQ(starts_within(limiter, 1ms, 1ms, kStart + 2h), 11U);
}

TEST(RateLimiter, HasABurstOfOneWhenTheRateIsLow) {
    RateLimiter limiter(Rate(1, 1min));
    EXPECT_EQ(starts_within(limiter, 1ms, 1ms), 1U);
    EXPECT_EQ(starts_within(limiter, 1ms, 1ms, kStart + 1h), 1U);
}

TEST(RateLimiter, TakesAnyRate) {
    RateLimiter fast(Rate(std::numeric_limits<std::uint64_t>::max(), 1s));
    EXPECT_GT(starts_within(fast, 1us, 1us), 100U);
    RateLimiter slow(Rate(1, 24h * 36525));
    EXPECT_EQ(starts_within(slow, 1s, 1s), 1U);
}

TEST(RateLimiter, IsIdleWhenItEqualsANewOne) {
    RateLimiter limiter(Rate(10, 1s));
    EXPECT_TRUE(limiter.is_idle(kStart));
    limiter.start(kStart);
    EXPECT_FALSE(limiter.is_idle(kStart + 99ms));
    EXPECT_TRUE(limiter.is_idle(kStart + 100ms));
}

}  // namespace
}  // namespace runnel
