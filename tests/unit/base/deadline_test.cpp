#include "base/deadline.hpp"

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kNow = TimePoint(1h);

static_assert(Clock::is_steady);

TEST(Deadline, IsNeverByDefault) {
    EXPECT_TRUE(Deadline().is_never());
    EXPECT_TRUE(Deadline::never().is_never());
    EXPECT_FALSE(Deadline::never().passed(kNow));
}

TEST(Deadline, HasPassedFromItsMomentOn) {
    const Deadline deadline(kNow);
    EXPECT_FALSE(deadline.passed(kNow - 1ns));
    EXPECT_TRUE(deadline.passed(kNow));
    EXPECT_TRUE(deadline.passed(kNow + 1ns));
}

TEST(Deadline, AfterALimitCountsFromNow) { EXPECT_EQ(Deadline::after(kNow, 5s).when(), kNow + 5s); }

TEST(Deadline, AfterALimitBelowZeroHasPassed) {
    EXPECT_TRUE(Deadline::after(kNow, -1ns).passed(kNow));
}

TEST(Deadline, ALimitOfZeroSwitchesItOff) { EXPECT_TRUE(Deadline::after(kNow, 0s).is_never()); }

TEST(Deadline, ALimitBeyondAllTimeIsNever) {
    EXPECT_TRUE(Deadline::after(kNow, Duration::max()).is_never());
    EXPECT_TRUE(Deadline::after(kNow, TimePoint::max() - kNow).is_never());
    EXPECT_FALSE(Deadline::after(kNow, TimePoint::max() - kNow - 1ns).is_never());
}

TEST(Deadline, WithinASpanCountsFromNowAndZeroHasPassed) {
    EXPECT_EQ(Deadline::within(kNow, 5s).when(), kNow + 5s);
    EXPECT_TRUE(Deadline::within(kNow, 0s).passed(kNow));
    EXPECT_EQ(Deadline::within(kNow, -1h).when(), kNow);
    EXPECT_TRUE(Deadline::within(kNow, Duration::max()).is_never());
    EXPECT_EQ(Deadline::within(kNow, Duration::min()).when(), kNow);
}

TEST(Deadline, TheEarlierOfTwoWins) {
    const Deadline soon(kNow);
    const Deadline late(kNow + 1s);
    EXPECT_EQ(Deadline::earlier(soon, late).when(), kNow);
    EXPECT_EQ(Deadline::earlier(late, soon).when(), kNow);
    EXPECT_EQ(Deadline::earlier(soon, Deadline::never()).when(), kNow);
    EXPECT_TRUE(Deadline::earlier(Deadline::never(), Deadline::never()).is_never());
}

TEST(Deadline, MayBePutOff) {
    EXPECT_EQ(Deadline(kNow).later_by(2s).when(), kNow + 2s);
    EXPECT_TRUE(Deadline::never().later_by(2s).is_never());
}

}  // namespace
}  // namespace runnel
