#include "http/backoff.hpp"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, DoublesItsBoundUpToThirtySeconds) {
    Backoff::Random random(1);
    Backoff backoff(random);
    for (const Duration bound :
         std::vector<Duration>{250ms, 500ms, 1s, 2s, 4s, 8s, 16s, 30s, 30s}) {
        EXPECT_EQ(backoff.bound(), bound);
        const Duration wait = backoff.next();
        EXPECT_GE(wait, 0ms);
        EXPECT_LE(wait, bound);
    }
}

TEST(Backoff, StaysAtThirtySecondsForever) {
    Backoff::Random random(1);
    Backoff backoff(random);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_LE(backoff.next(), 30s);
    }
    EXPECT_EQ(backoff.bound(), 30s);
}

TEST(Backoff, IsUniformUpToTheBound) {
    Backoff::Random random(7);
    constexpr int kExpected = 1000;  // in each tenth of the bound
    for (int round = 0; round < 8; ++round) {
        std::array<int, 10> tenths = {};
        for (int i = 0; i < 10 * kExpected; ++i) {
            Backoff backoff(random);
            for (int earlier = 0; earlier < round; ++earlier) {
                static_cast<void>(backoff.next());
            }
            const Duration::rep bound = backoff.bound().count();
            ++tenths[static_cast<std::size_t>(backoff.next().count() * 10 / (bound + 1))];
        }
        for (const int count : tenths) {
            EXPECT_NEAR(count, kExpected, 150) << round;  // five standard deviations
        }
    }
}

TEST(Backoff, DependsOnTheGeneratorOnly) {
    const auto waits = [](unsigned seed) {
        Backoff::Random random(seed);
        Backoff backoff(random);
        return std::vector<Duration>{backoff.next(), backoff.next(), backoff.next()};
    };
    EXPECT_EQ(waits(42), waits(42));
    EXPECT_NE(waits(42), waits(4711));
}

}  // namespace
}  // namespace runnel::http
