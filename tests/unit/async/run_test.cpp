#include "async/run.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

TEST(Run, ReturnsTheValueOfTheTask) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, test::value_now(1)), 1);
    EXPECT_EQ(run(loop, test::value_after(1ms, 2)), 2);
}

TEST(Run, ReturnsAMoveOnlyValue) {
    FakeLoop loop;
    EXPECT_EQ(*run(loop, test::value_after(1ms, std::make_unique<int>(5))), 5);
}

TEST(Run, ThrowsWhatTheTaskThrows) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, test::fail_after<void>(1ms, "no")), std::runtime_error);
}

TEST(Run, PassesAStopOnToTheTask) {
    FakeLoop loop;
    test::StopAfter stop(loop, 3ms);
    EXPECT_THROW(run(loop, test::done_after(1s), stop.token()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(Run, StopsAtTheFirstWaitWhenStopWasRequestedBefore) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, test::done_after(1s), test::stopped()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(Run, WithoutAStopTokenCannotBeStopped) {
    FakeLoop loop;
    auto body = []() -> Task<bool> {
        const Context& context = co_await this_task::context();
        co_return context.stop.stop_possible();
    };
    EXPECT_FALSE(run(loop, body()));
}

TEST(Run, UsesTheSameLoopAgainAndTimeGoesOn) {
    FakeLoop loop;
    run(loop, test::done_after(2ms));
    run(loop, test::done_after(3ms));
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(Run, LeavesNothingAlive) {
    FakeLoop loop;
    test::Census census;
    {
        const test::Counted result = run(loop, test::value_after(1ms, test::Counted(census, 8)));
        EXPECT_EQ(result.value(), 8);
        EXPECT_EQ(census.live, 1) << "the frame and what it held are gone";
    }
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
    EXPECT_FALSE(loop.turn());
}

TEST(RunDeathTest, AWaitThatCannotEndStopsTheProgram) {
    FakeLoop loop;
    EXPECT_DEATH(run(loop, test::wait_for_stop()), "waits for something that cannot happen");
}

}  // namespace
}  // namespace runnel
