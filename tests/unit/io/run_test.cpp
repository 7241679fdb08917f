#include "io/run.hpp"

#include <chrono>
#include <stdexcept>

#include <gtest/gtest.h>

#include "async/sleep.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

TEST(Run, ReturnsTheValueOfATask) { EXPECT_EQ(run(test::value_after(1ms, 42)), 42); }

TEST(Run, ThrowsWhatATaskThrows) {
    EXPECT_THROW(run(test::fail_after<int>(1ms, "no")), std::runtime_error);
}

TEST(Run, PassesItsLoopToALambdaWithCaptures) {
    int sum = 0;
    run([&sum](Loop& loop) -> Task<void> {
        const TimePoint before = loop.now();
        co_await sleep_for(2ms);
        sum += loop.now() - before >= 2ms ? 1 : 0;
    });
    EXPECT_EQ(sum, 1);
}

}  // namespace
}  // namespace runnel
