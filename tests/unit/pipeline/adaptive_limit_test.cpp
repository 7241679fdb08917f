#include "pipeline/adaptive_limit.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <functional>
#include <queue>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

/// A server in virtual time, with a client that always sends as many requests as allowed.
class Crowd {
public:
    /// Duration of a request beside a number of others.
    using Latency = std::function<Duration(std::size_t)>;

    explicit Crowd(std::size_t most) : limit(most) {}

    /// Sends requests for \a span, and records the limit at each answer in seen.
    void ask(Duration span, const Latency& latency, double jitter = 0.2) {
        seen.clear();
        const TimePoint end = now_ + span;
        for (;;) {
            while (out_.size() < std::min(limit.limit(), wanted)) {
                std::uniform_real_distribution<double> spread(1 - jitter, 1 + jitter);
                const auto wait = std::chrono::duration_cast<Duration>(latency(out_.size() + 1) *
                                                                       spread(random_));
                out_.push(Sent{now_ + wait, now_});
            }
            if (out_.size() >= limit.limit()) {
                limit.reached();
            }
            const Sent next = out_.top();
            if (next.answer > end) {
                now_ = end;
                return;
            }
            out_.pop();
            now_ = next.answer;
            limit.answered(next.sent, next.answer - next.sent, now_);
            seen.push_back(limit.limit());
        }
    }
    [[nodiscard]] std::size_t lowest() const { return *std::min_element(seen.begin(), seen.end()); }
    [[nodiscard]] std::size_t highest() const {
        return *std::max_element(seen.begin(), seen.end());
    }
    [[nodiscard]] TimePoint now() const { return now_; }

    AdaptiveLimit limit;
    std::size_t wanted = 100'000;
    std::vector<std::size_t> seen;

private:
    struct Sent {
        TimePoint answer;
        TimePoint sent;
        bool operator<(const Sent& other) const { return answer > other.answer; }
    };

    std::priority_queue<Sent> out_;
    TimePoint now_;
    std::minstd_rand random_{7};
};

Duration steady(std::size_t /*n*/) { return 20ms; }

/// Up to 40 requests are served at full speed; each further one slows down all.
Duration crowded(std::size_t n) {
    const double load = std::max(1.0, static_cast<double>(n) / 40);
    return std::chrono::duration_cast<Duration>(20ms * load * load);
}

TEST(AdaptiveLimit, StartsLowAndNeverAboveTheMaximum) {
    EXPECT_EQ(AdaptiveLimit(100).limit(), 4U);
    EXPECT_EQ(AdaptiveLimit(3).limit(), 3U);
    EXPECT_EQ(AdaptiveLimit(0).limit(), 1U);
    Crowd crowd(50);
    crowd.ask(5s, &steady);
    EXPECT_EQ(crowd.highest(), 50U);
}

TEST(AdaptiveLimit, DoublesUntilTheFirstSignOfOverload) {
    Crowd crowd(1000);
    crowd.ask(10s, &steady);
    std::vector<std::size_t> steps = crowd.seen;
    steps.erase(std::unique(steps.begin(), steps.end()), steps.end());
    EXPECT_EQ(steps, (std::vector<std::size_t>{4, 8, 16, 32, 64, 128, 256, 512, 1000}));
}

TEST(AdaptiveLimit, ConvergesWhereTheServerBeginsToSlowDown) {
    for (const double jitter : {0.0, 0.05, 0.2, 0.5}) {
        Crowd crowd(1000);
        crowd.ask(10s, &crowded, jitter);
        crowd.ask(60s, &crowded, jitter);
        EXPECT_GE(crowd.lowest(), 25U) << jitter;
        EXPECT_LE(crowd.highest(), 60U) << jitter;
    }
}

TEST(AdaptiveLimit, GrowsAgainWhenTheServerRecovers) {
    Crowd crowd(1000);
    crowd.ask(10s, &crowded);
    crowd.ask(10s, &steady);
    EXPECT_GT(crowd.limit.limit(), 90U);
}

TEST(AdaptiveLimit, AdaptsToAServerThatStaysSlower) {
    Crowd crowd(100);
    crowd.ask(5s, &steady);
    crowd.ask(60s, [](std::size_t /*n*/) { return 200ms; });
    EXPECT_GT(crowd.limit.limit(), 90U);
    EXPECT_GE(crowd.lowest(), 25U);
}

TEST(AdaptiveLimit, DoesNotGrowWhileTheLimitIsNotReached) {
    Crowd crowd(1000);
    crowd.wanted = 6;
    crowd.ask(10s, &steady);
    EXPECT_EQ(crowd.limit.limit(), 8U);
}

TEST(AdaptiveLimit, IsHalvedByARefusalOncePerWindow) {
    AdaptiveLimit limit(1000);
    const TimePoint start;
    limit.refused(start, start + 10ms);
    EXPECT_EQ(limit.limit(), 2U);
    limit.refused(start + 9ms, start + 11ms);
    EXPECT_EQ(limit.limit(), 2U) << "requests sent before are ignored";
    limit.refused(start + 10ms, start + 20ms);
    EXPECT_EQ(limit.limit(), 1U);
    limit.refused(start + 20ms, start + 30ms);
    EXPECT_EQ(limit.limit(), 1U);
}

TEST(AdaptiveLimit, GrowsByOneAfterARefusal) {
    Crowd crowd(1000);
    crowd.ask(350ms, &steady);
    const std::size_t before = crowd.limit.limit();
    crowd.limit.refused(crowd.now(), crowd.now());
    EXPECT_EQ(crowd.limit.limit(), before / 2);
    crowd.ask(1s, &steady);
    EXPECT_GT(crowd.limit.limit(), before / 2 + 3);
    EXPECT_LT(crowd.limit.limit(), before / 2 + 11);
}

TEST(AdaptiveLimit, WaitsForTenAnswersAndForAWholeWindow) {
    AdaptiveLimit limit(1000);
    const TimePoint start;
    limit.reached();
    for (int i = 0; i < 9; ++i) {
        limit.answered(start, 1s, start + 1s);
    }
    EXPECT_EQ(limit.limit(), 4U);
    limit.answered(start, 1s, start + 1s);
    EXPECT_EQ(limit.limit(), 8U);
    limit.reached();
    for (int i = 0; i < 1000; ++i) {
        limit.answered(start + 1s, 1ms, start + 1099ms);
    }
    EXPECT_EQ(limit.limit(), 8U);
    limit.answered(start + 1s, 1ms, start + 1100ms);
    EXPECT_EQ(limit.limit(), 16U);
}

TEST(AdaptiveLimit, IsIdleAfterAMinuteWithoutAnswers) {
    AdaptiveLimit limit(1000);
    EXPECT_TRUE(limit.is_idle(TimePoint()));
    limit.refused(TimePoint(), TimePoint());
    EXPECT_FALSE(limit.is_idle(TimePoint() + 1min));
    EXPECT_TRUE(limit.is_idle(TimePoint() + 61s));
}

}  // namespace
}  // namespace runnel
