#include "async/sleep.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

constexpr int kMany = 100'000;

Task<void> note_after(Duration span, std::vector<int>& order, int id) {
    co_await sleep_for(span);
    order.push_back(id);
}

Task<void> sleep_till(Deadline until) { co_await sleep_until(until); }

Task<void> yield_once() { co_await yield_now(); }

Task<void> note_twice(std::vector<int>& order, int id) {
    order.push_back(id);
    co_await yield_now();
    order.push_back(id);
}

TEST(SleepFor, TakesExactlyItsSpan) {
    FakeLoop loop;
    run(loop, test::done_after(250ms));
    EXPECT_EQ(loop.elapsed(), 250ms);
}

TEST(SleepFor, CountsFromTheAwait) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        auto nap = sleep_for(2ms);
        co_await sleep_for(3ms);
        co_await nap;
    };
    run(loop, body());
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(SleepFor, SleepersWakeInTheOrderOfTheirMoments) {
    FakeLoop loop;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(note_after(30ms, order, 3));
        group.start(note_after(10ms, order, 1));
        group.start(note_after(20ms, order, 2));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(loop.elapsed(), 30ms);
}

TEST(SleepFor, ZeroAndLessLetOthersRunWithoutTimePassing) {
    for (const Duration span : {Duration(0ms), Duration(-5ms)}) {
        FakeLoop loop;
        std::vector<int> order;
        auto body = [&]() -> Task<void> {
            const Context& context = co_await this_task::context();
            TaskGroup group(context);
            group.start(note_after(span, order, 1));
            order.push_back(0);
            co_await group.join();
        };
        run(loop, body());
        EXPECT_EQ(order, (std::vector<int>{0, 1}));
        EXPECT_EQ(loop.elapsed(), 0ms);
    }
}

TEST(SleepFor, TheLongestSpanNeverEnds) {
    FakeLoop loop;
    run(loop, test::done_after(1s));
    test::StopAfter stop(loop, 1s);
    EXPECT_THROW(run(loop, test::done_after(Duration::max()), stop.token()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 2s);
}

TEST(SleepFor, AStopBeforeItBeginsEndsItAtOnce) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, test::done_after(1s), test::stopped()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(SleepFor, AStopEndsItEarlyAndCancelsTheTimer) {
    FakeLoop loop;
    test::StopAfter stop(loop, 10ms);
    EXPECT_THROW(run(loop, test::done_after(1s), stop.token()), Cancelled);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 10ms) << "a timer was left behind";
}

TEST(SleepFor, WhatEndedBeforeAStopInTheSameTurnHasSlept) {
    FakeLoop loop;
    std::vector<int> order;
    auto stop_after = [](TaskGroup& group) -> Task<void> {
        co_await sleep_for(5ms);
        group.request_stop();
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup stopper(context);
        TaskGroup group(context);
        // Both timers expire in one turn, and the stopper runs before the sleeper does.
        stopper.start(stop_after(group));
        group.start(note_after(5ms, order, 1));
        co_await group.join();
        co_await stopper.join();
    };
    run(loop, body());
    EXPECT_EQ(order, std::vector<int>{1});
}

TEST(SleepFor, AStopBeforeItsMomentInTheSameTurnIsCancelled) {
    FakeLoop loop;
    test::StopAfter stop(loop, 5ms);
    EXPECT_THROW(run(loop, test::done_after(5ms), stop.token()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(SleepUntil, ResumesAtTheMoment) {
    FakeLoop loop;
    run(loop, sleep_till(Deadline(loop.now() + 7ms)));
    EXPECT_EQ(loop.elapsed(), 7ms);
}

TEST(SleepUntil, AMomentThatHasPassedTakesNoTime) {
    FakeLoop loop;
    run(loop, test::done_after(5ms));
    run(loop, sleep_till(Deadline(TimePoint())));
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(SleepUntil, NeverWaitsForAStop) {
    FakeLoop loop;
    test::StopAfter stop(loop, 1h);
    EXPECT_THROW(run(loop, sleep_till(Deadline::never()), stop.token()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 1h);
}

TEST(SleepUntil, HundredThousandSleepsDoNotDeepenTheStack) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        for (int i = 0; i < kMany; ++i) {
            co_await sleep_for(1ms);
        }
    };
    run(loop, body());
    EXPECT_EQ(loop.elapsed(), kMany * 1ms);
}

TEST(YieldNow, LetsTheOthersRunFirst) {
    FakeLoop loop;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(note_twice(order, 1));
        group.start(note_twice(order, 2));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, (std::vector<int>{1, 2, 1, 2}));
}

TEST(YieldNow, DoesNotStarveTimers) {
    FakeLoop loop;
    bool late = false;
    auto spin = [&]() -> Task<void> {
        while (!late) {
            co_await yield_now();
        }
    };
    auto wake = [&]() -> Task<void> {
        co_await sleep_for(0ms);
        late = true;
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(spin());
        group.start(wake());
        co_await group.join();
    };
    run(loop, body());
    EXPECT_TRUE(late);
}

TEST(YieldNow, ThrowsWhenStopWasRequestedBefore) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, yield_once(), test::stopped()), Cancelled);
}

TEST(YieldNow, AStopInItsTurnIsThrownByTheNextWait) {
    FakeLoop loop;
    std::vector<int> order;
    auto twice = [&]() -> Task<void> {
        co_await yield_now();
        order.push_back(1);
        co_await yield_now();
        order.push_back(2);
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(twice());
        group.request_stop();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, std::vector<int>{1});
}

TEST(YieldNow, HundredThousandYieldsDoNotDeepenTheStack) {
    FakeLoop loop;
    auto body = []() -> Task<int> {
        int turns = 0;
        for (; turns < kMany; ++turns) {
            co_await yield_now();
        }
        co_return turns;
    };
    EXPECT_EQ(run(loop, body()), kMany);
}

}  // namespace
}  // namespace runnel
