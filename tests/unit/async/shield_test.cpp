#include "async/shield.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "async/event.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::value_after;
using test::value_now;

TEST(Shield, ReturnsTheValueOfTheTask) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, shield(value_now(1))), 1);
    EXPECT_EQ(run(loop, shield(value_after(1ms, 2))), 2);
    EXPECT_EQ(*run(loop, shield(value_after(1ms, std::make_unique<int>(3)))), 3);
    run(loop, shield(test::done_after(1ms)));
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(Shield, ThrowsWhatTheTaskThrows) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, shield(test::fail_after<int>(1ms, "no"))), std::runtime_error);
    EXPECT_THROW(run(loop, shield(test::fail_after<void>(0ms, "no"))), std::runtime_error);
}

TEST(Shield, AStopDuringItDoesNotReachTheInside) {
    FakeLoop loop;
    test::StopAfter stop(loop, 1ms);
    EXPECT_EQ(run(loop, shield(value_after(5ms, 7)), stop.token()), 7);
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(Shield, AStopBeforeItDoesNotReachTheInside) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, shield(value_after(5ms, 7)), test::stopped()), 7);
}

TEST(Shield, AStopDuringItIsThrownAtTheNextWaitAfter) {
    FakeLoop loop;
    std::vector<int> steps;
    auto body = [&]() -> Task<void> {
        co_await shield(test::done_after(5ms));
        steps.push_back(1);
        co_await yield_now();
        steps.push_back(2);
    };
    test::StopAfter stop(loop, 1ms);
    EXPECT_THROW(run(loop, body(), stop.token()), Cancelled);
    EXPECT_EQ(steps, std::vector<int>{1});
}

TEST(Shield, RestoresTheStopTokenOfTheCallerAfterAFailure) {
    FakeLoop loop;
    int caught = 0;
    auto body = [&]() -> Task<void> {
        try {
            co_await shield(test::fail_after<void>(5ms, "no"));
        } catch (const std::runtime_error&) {
            ++caught;
        }
        co_await sleep_for(1s);
        ++caught;
    };
    test::StopAfter stop(loop, 1ms);
    EXPECT_THROW(run(loop, body(), stop.token()), Cancelled);
    EXPECT_EQ(caught, 1);
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(Shield, ProtectsEverythingBelowIt) {
    FakeLoop loop;
    auto deep = []() -> Task<int> {
        const Context& context = co_await this_task::context();
        EXPECT_FALSE(context.stop.stop_possible());
        TaskGroup group(context);
        group.start(test::done_after(3ms));
        co_await sleep_for(2ms);
        co_await group.join();
        co_return 4;
    };
    auto middle = [&]() -> Task<int> {
        const int value = co_await deep();
        co_return value;
    };
    test::StopAfter stop(loop, 1ms);
    EXPECT_EQ(run(loop, shield(middle()), stop.token()), 4);
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(Shield, TimeoutsInsideStillEndTheirTasks) {
    FakeLoop loop;
    const Deadline deadline(TimePoint() + 3ms);
    const auto value = run(loop, shield(timeout(value_after(1s, 1), deadline)), test::stopped());
    EXPECT_EQ(value, std::nullopt);
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(Shield, HoldsATimeoutAroundItUntilItsTaskHasEnded) {
    FakeLoop loop;
    const Deadline deadline(TimePoint() + 1ms);
    EXPECT_EQ(run(loop, timeout(shield(value_after(8ms, 2)), deadline)), 2);
    EXPECT_EQ(loop.elapsed(), 8ms);
}

TEST(Shield, CompletionAndStopInOneTurnGiveTheValueInEitherOrder) {
    for (const bool stop_first : {false, true}) {
        FakeLoop loop;
        Event event;
        int value = 0;
        auto wait = [&]() -> Task<int> {
            co_await event.wait();
            co_return 6;
        };
        auto protect = [&]() -> Task<void> { value = co_await shield(wait()); };
        auto body = [&]() -> Task<void> {
            const Context& context = co_await this_task::context();
            TaskGroup group(context);
            group.start(protect());
            if (stop_first) {
                group.request_stop();
            }
            event.set();
            group.request_stop();
            co_await group.join();
        };
        run(loop, body());
        EXPECT_EQ(value, 6);
    }
}

TEST(Shield, LeavesNothingAlive) {
    FakeLoop loop;
    test::Census census;
    { const auto never_started = shield(value_now(test::Counted(census))); }
    run(loop, shield(value_now(test::Counted(census))));
    run(loop, shield(value_after(1ms, test::Counted(census))));
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(Shield, AHundredThousandDoNotDeepenTheStack) {
    FakeLoop loop;
    auto body = []() -> Task<int> {
        int sum = 0;
        for (int i = 0; i < 50'000; ++i) {
            sum += co_await shield(value_now(1));
            sum += co_await shield(value_after(1us, 1));
        }
        co_return sum;
    };
    EXPECT_EQ(run(loop, body()), 100'000);
}

}  // namespace
}  // namespace runnel
