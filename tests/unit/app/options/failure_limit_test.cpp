#include "app/options/failure_limit.hpp"

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(FailureLimit, IsExceededByAnyFailureButNeverStopsByDefault) {
    const FailureLimit limit;
    EXPECT_FALSE(limit.exceeded(0, 10));
    EXPECT_TRUE(limit.exceeded(1, 10));
    EXPECT_FALSE(limit.stops(10'000, 10'000));
}

TEST(FailureLimit, StopsAtTheFirstIfNoneAreAllowed) {
    const FailureLimit limit = FailureLimit::none_allowed();
    EXPECT_FALSE(limit.stops(0, 10));
    EXPECT_TRUE(limit.stops(1, 1));
    EXPECT_TRUE(limit.exceeded(1, 1));
}

TEST(FailureLimit, StopsAboveANumber) {
    const FailureLimit limit = *FailureLimit::parse("3");
    EXPECT_FALSE(limit.stops(3, 3));
    EXPECT_FALSE(limit.exceeded(3, 3));
    EXPECT_TRUE(limit.stops(4, 1000));
    EXPECT_TRUE(limit.exceeded(4, 1000));
}

TEST(FailureLimit, AppliesAPercentageOnlyToASample) {
    const FailureLimit limit = *FailureLimit::parse("2.5%");
    EXPECT_FALSE(limit.stops(99, 99));
    EXPECT_TRUE(limit.exceeded(99, 99));
    EXPECT_TRUE(limit.stops(3, 100));
    EXPECT_FALSE(limit.stops(2, 100));
    EXPECT_FALSE(limit.stops(25, 1000));
    EXPECT_TRUE(limit.stops(26, 1000));
}

TEST(FailureLimit, PrintsItsValue) {
    for (const char* text : {"0", "10", "2.5%", "1000000"}) {
        EXPECT_EQ(FailureLimit::parse(text)->to_string(), text);
    }
    EXPECT_EQ(FailureLimit().to_string(), "");
}

TEST(FailureLimit, RefusesInvalidText) {
    for (const char* text : {"", "%", "-1", "-1%", "101%", "1.5", "x", "3 ", " 3", "5%%", "nan%",
                             "99999999999999999999"}) {
        EXPECT_FALSE(FailureLimit::parse(text)) << text;
    }
}

}  // namespace
}  // namespace runnel
