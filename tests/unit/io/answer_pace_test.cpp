#include "io/answer_pace.hpp"

#include <chrono>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

TEST(AnswerPace, ReadsAtOnceWhileNothingIsKnown) { EXPECT_EQ(AnswerPace().wait(4096), 0ns); }

TEST(AnswerPace, WaitsForThreeQuartersOfTheTimeThatTheMissingAnswersShouldTake) {
    AnswerPace pace;
    pace.record(1000, 8000, 8ms);
    EXPECT_EQ(pace.wait(1000), 6ms);
    EXPECT_EQ(pace.wait(500), 3ms);
    pace.record(1000, 8000, 16ms);
    EXPECT_EQ(pace.wait(500), 6ms);
}

TEST(AnswerPace, ReadsAtOnceIfTheWaitIsShorterThanTheTimer) {
    AnswerPace pace;
    pace.record(1000, 8000, 8ms);
    EXPECT_EQ(pace.wait(166), 0ns);
    EXPECT_EQ(pace.wait(167), 1002us);
}

TEST(AnswerPace, DoesNotWaitForLongerThanTheTimeThatItKnows) {
    AnswerPace pace;
    pace.record(20, 160, 1ms);
    EXPECT_EQ(pace.wait(4096), 1ms);
    pace.record(1, 8, 60us);
    EXPECT_EQ(pace.wait(4096), 0ns);
}

TEST(AnswerPace, ReadsASlowCoprocessAtOnce) {
    AnswerPace pace;
    pace.record(100, 800, 10ms);
    EXPECT_EQ(pace.wait(4096), 0ns);
    pace.record(2, 16, 6ms);
    EXPECT_EQ(pace.wait(2), 0ns);
}

TEST(AnswerPace, DoesNotLetThePipeFill) {
    AnswerPace pace;
    // 64 KiB arrived in 4 ms, so half of what a pipe holds arrives in 2 ms.
    pace.record(512, 65536, 4096us);
    EXPECT_EQ(pace.wait(4096), 2031616ns);
    pace.record(512, std::size_t{16} << 20, 4096us);
    EXPECT_EQ(pace.wait(4096), 0ns);
}

}  // namespace
}  // namespace runnel
