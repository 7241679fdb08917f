#include "pipeline/circuit_breaker.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

class Breaker : public testing::Test {
protected:
    void open() {
        while (!breaker.failed(now, false)) {
        }
    }

    TimePoint now = TimePoint() + 1h;
    CircuitBreaker breaker{3};
};

TEST_F(Breaker, OpensAfterConsecutiveFailures) {
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.is_open(now));
    EXPECT_TRUE(breaker.failed(now, false));
    EXPECT_TRUE(breaker.is_open(now));
    EXPECT_FALSE(breaker.failed(now, false)) << "it is open already";
}

TEST_F(Breaker, RestartsTheCountAfterAConnection) {
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_TRUE(breaker.connected());
    EXPECT_FALSE(breaker.connected()) << "nothing changes";
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.is_open(now));
}

TEST_F(Breaker, AllowsOnlyAsManyAsOpenItBeforeTheFirstConnection) {
    EXPECT_TRUE(breaker.allows_another(2));
    EXPECT_FALSE(breaker.allows_another(3));
    EXPECT_TRUE(breaker.connected());
    EXPECT_TRUE(breaker.allows_another(1000));
}

TEST_F(Breaker, AllowsAProbeAfterASecond) {
    open();
    EXPECT_TRUE(breaker.is_open(now + 999ms));
    now += 1s;
    EXPECT_FALSE(breaker.is_open(now));
    EXPECT_TRUE(breaker.allows_another(1000)) << "others may still be in flight";
    EXPECT_TRUE(breaker.begin());
    EXPECT_TRUE(breaker.is_open(now + 1h)) << "one probe at a time";
    EXPECT_TRUE(breaker.connected());
    EXPECT_FALSE(breaker.is_open(now));
    EXPECT_FALSE(breaker.begin());
}

TEST_F(Breaker, WaitsForASecondAfterAProbeThatFailed) {
    open();
    now += 1s;
    EXPECT_TRUE(breaker.begin());
    now += 10s;
    EXPECT_FALSE(breaker.failed(now, true));
    EXPECT_TRUE(breaker.is_open(now + 999ms));
    EXPECT_FALSE(breaker.is_open(now + 1s));
}

TEST_F(Breaker, WaitsForASecondAfterAProbeWithoutAResult) {
    open();
    now += 1s;
    EXPECT_TRUE(breaker.begin());
    breaker.give_up(now);
    EXPECT_TRUE(breaker.is_open(now + 999ms));
    EXPECT_FALSE(breaker.is_open(now + 1s));
}

TEST_F(Breaker, IgnoresEarlierRequestsWhileOpen) {
    open();
    now += 1s;
    EXPECT_TRUE(breaker.begin());
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_TRUE(breaker.is_open(now)) << "the probe is still in flight";
    EXPECT_TRUE(breaker.connected());
    EXPECT_FALSE(breaker.is_open(now));
}

TEST_F(Breaker, NeverOpensWhenItIsOff) {
    CircuitBreaker off(0);
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(off.failed(now, false));
    }
    EXPECT_FALSE(off.is_open(now));
    EXPECT_TRUE(off.allows_another(1000));
}

TEST_F(Breaker, ForgetsFailuresAfterAMinute) {
    EXPECT_TRUE(breaker.is_idle(now));
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.is_idle(now + 1min));
    EXPECT_TRUE(breaker.is_idle(now + 61s));
    open();
    EXPECT_FALSE(breaker.is_idle(now + 1min));
    EXPECT_TRUE(breaker.is_idle(now + 61s));
    EXPECT_TRUE(breaker.connected());
    EXPECT_TRUE(breaker.is_idle(now));
}

}  // namespace
}  // namespace runnel
