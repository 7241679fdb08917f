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

TEST_F(Breaker, OpensAfterSoManyFailuresInARow) {
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.is_open(now));
    EXPECT_TRUE(breaker.failed(now, false));
    EXPECT_TRUE(breaker.is_open(now));
    EXPECT_FALSE(breaker.failed(now, false)) << "it is open already";
}

TEST_F(Breaker, StartsAnewAfterAConnection) {
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_TRUE(breaker.connected());
    EXPECT_FALSE(breaker.connected()) << "that is no news";
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.is_open(now));
}

TEST_F(Breaker, LetsNoMoreOutThanOpenItBeforeTheFirstConnection) {
    EXPECT_TRUE(breaker.is_writable(2));
    EXPECT_FALSE(breaker.is_writable(3));
    EXPECT_TRUE(breaker.connected());
    EXPECT_TRUE(breaker.is_writable(1000));
}

TEST_F(Breaker, IsAProbeAwayFromClosingAfterASecond) {
    open();
    EXPECT_TRUE(breaker.is_open(now + 999ms));
    now += 1s;
    EXPECT_FALSE(breaker.is_open(now));
    EXPECT_TRUE(breaker.is_writable(1000)) << "others may still be out";
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

TEST_F(Breaker, WaitsAsLongAfterAProbeThatToldNothing) {
    open();
    now += 1s;
    EXPECT_TRUE(breaker.begin());
    breaker.give_up(now);
    EXPECT_TRUE(breaker.is_open(now + 999ms));
    EXPECT_FALSE(breaker.is_open(now + 1s));
}

TEST_F(Breaker, IsNotKeptOpenByThoseThatWereOutBefore) {
    open();
    now += 1s;
    EXPECT_TRUE(breaker.begin());
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_TRUE(breaker.is_open(now)) << "the probe is still out";
    EXPECT_TRUE(breaker.connected());
    EXPECT_FALSE(breaker.is_open(now));
}

TEST_F(Breaker, NeverOpensWhenItIsOff) {
    CircuitBreaker off(0);
    for (int i = 0; i < 100; ++i) {
        EXPECT_FALSE(off.failed(now, false));
    }
    EXPECT_FALSE(off.is_open(now));
    EXPECT_TRUE(off.is_writable(1000));
}

TEST_F(Breaker, ForgetsTroubleAfterAMinute) {
    EXPECT_TRUE(breaker.is_rested(now));
    EXPECT_FALSE(breaker.failed(now, false));
    EXPECT_FALSE(breaker.is_rested(now + 1min));
    EXPECT_TRUE(breaker.is_rested(now + 61s));
    open();
    EXPECT_FALSE(breaker.is_rested(now + 1min));
    EXPECT_TRUE(breaker.is_rested(now + 61s));
    EXPECT_TRUE(breaker.connected());
    EXPECT_TRUE(breaker.is_rested(now));
}

}  // namespace
}  // namespace runnel
