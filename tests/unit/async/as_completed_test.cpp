#include "async/as_completed.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <vector>

#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::fail_after;
using test::FakeLoop;
using test::tasks_of;
using test::value_after;
using test::value_now;

template <class T>
Task<std::vector<std::size_t>> order_of(std::vector<Task<T>> tasks) {
    const Context& context = co_await this_task::context();
    AsCompleted<T> endings(context, std::move(tasks));
    std::vector<std::size_t> order;
    while (const auto next = co_await endings.next()) {
        order.push_back(next->index);
    }
    co_return order;
}

TEST(AsCompleted, ReturnsOutcomesInTheOrderInWhichTheyHappen) {
    FakeLoop loop;
    const auto order = run(loop, order_of(tasks_of(value_after(3ms, 0), value_after(1ms, 1),
                                                   value_now(2), fail_after<int>(2ms, "no"))));
    EXPECT_EQ(order, (std::vector<std::size_t>{2, 1, 3, 0}));
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(AsCompleted, ReturnsEachOutcomeAsSoonAsItHappens) {
    FakeLoop loop;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsCompleted<int> endings(context, tasks_of(value_after(5ms, 50), value_after(2ms, 20)));
        auto first = co_await endings.next();
        EXPECT_EQ(first->outcome.get(), 20);
        EXPECT_EQ(loop.elapsed(), 2ms);
        auto second = co_await endings.next();
        EXPECT_EQ(second->outcome.get(), 50);
        EXPECT_EQ(loop.elapsed(), 5ms);
        const auto none = co_await endings.next();
        EXPECT_FALSE(none.has_value());
        const auto still_none = co_await endings.next();
        EXPECT_FALSE(still_none.has_value());
    };
    run(loop, body());
}

TEST(AsCompleted, OfNothingIsAtItsEnd) {
    FakeLoop loop;
    EXPECT_TRUE(run(loop, order_of(std::vector<Task<int>>())).empty());
}

TEST(AsCompleted, AFailureIsAnOutcomeAndStopsNoTask) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsCompleted<int> endings(context,
                                 tasks_of(fail_after<int>(1ms, "no"), value_after(2ms, 2)));
        auto failed = co_await endings.next();
        EXPECT_THROW(failed->outcome.get(), std::runtime_error);
        auto good = co_await endings.next();
        EXPECT_EQ(good->outcome.get(), 2);
        const auto none = co_await endings.next();
        EXPECT_FALSE(none.has_value());
    };
    run(loop, body());
}

TEST(AsCompleted, ReturnsMoveOnlyValuesAndTasksWithoutOne) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsCompleted<std::unique_ptr<int>> values(
            context, tasks_of(value_after(1ms, std::make_unique<int>(3))));
        auto value = co_await values.next();
        EXPECT_EQ(*value->outcome.get(), 3);
        AsCompleted<void> plain(context, tasks_of(test::done_after(1ms)));
        auto done = co_await plain.next();
        EXPECT_TRUE(done->outcome.ok());
    };
    run(loop, body());
}

TEST(AsCompleted, KeepsOutcomesUntilTheyAreRequested) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsCompleted<int> endings(context, tasks_of(value_after(2ms, 0), value_after(1ms, 1)));
        co_await sleep_for(1s);
        const auto first = co_await endings.next();
        const auto second = co_await endings.next();
        EXPECT_EQ(first->index, 1U);
        EXPECT_EQ(second->index, 0U);
    };
    run(loop, body());
    EXPECT_EQ(loop.elapsed(), 1s);
}

TEST(AsCompleted, StopEndsTheTasksThatAreLeftAndWaitsForThem) {
    FakeLoop loop;
    bool cleaned = false;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsCompleted<int> endings(
            context, tasks_of(value_after(1ms, 1), test::slow_to_stop<int>(8ms, cleaned)));
        const auto first = co_await endings.next();
        EXPECT_EQ(first->index, 0U);
        co_await endings.stop();
        EXPECT_TRUE(cleaned);
        const auto none = co_await endings.next();
        EXPECT_FALSE(none.has_value());
    };
    run(loop, body());
    EXPECT_EQ(loop.elapsed(), 9ms);
}

TEST(AsCompleted, NextWaitsForAllAndThrowsWhenTheCallerIsStopped) {
    FakeLoop loop;
    bool cleaned = false;
    test::StopAfter stop(loop, 1ms);
    auto all = order_of(tasks_of(test::slow_to_stop<int>(8ms, cleaned), value_after(1s, 1)));
    EXPECT_THROW(run(loop, std::move(all), stop.token()), Cancelled);
    EXPECT_TRUE(cleaned);
    EXPECT_EQ(loop.elapsed(), 9ms);
}

TEST(AsCompleted, StopRequestedBeforeStopsEveryTaskAtItsFirstWait) {
    FakeLoop loop;
    auto body = []() -> Task<int> {
        const Context& context = co_await this_task::context();
        AsCompleted<int> endings(context, tasks_of(value_after(1s, 1), value_after(1s, 2)));
        int cancelled = 0;
        for (int i = 0; i < 2; ++i) {
            const auto next = co_await endings.next();
            cancelled += next->outcome.cancelled() ? 1 : 0;
        }
        co_return cancelled;
    };
    EXPECT_EQ(run(loop, body(), test::stopped()), 2);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(AsCompleted, LeavesNothingAlive) {
    FakeLoop loop;
    test::Census census;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsCompleted<test::Counted> endings(context,
                                           tasks_of(value_now(test::Counted(census, 1)),
                                                    value_after(1ms, test::Counted(census, 2)),
                                                    value_after(1s, test::Counted(census, 3))));
        const auto first = co_await endings.next();
        EXPECT_EQ(first->index, 0U);
        co_await sleep_for(2ms);
        co_await endings.stop();
    };
    run(loop, body());
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(AsCompleted, ReturnsTenThousandOutcomesEachOnce) {
    FakeLoop loop;
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 10'000; ++i) {
        tasks.push_back(value_after((i * 37 % 101) * 1ms, i));
    }
    const auto order = run(loop, order_of(std::move(tasks)));
    ASSERT_EQ(order.size(), 10'000U);
    std::vector<int> times(order.size());
    for (const std::size_t index : order) {
        ++times[index];
    }
    for (const int count : times) {
        ASSERT_EQ(count, 1);
    }
}

TEST(AsCompletedDeathTest, DyingWhileTasksRunStopsTheProgram) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsCompleted<int> endings(context, tasks_of(value_after(1s, 1)));
    };
    EXPECT_DEATH(run(loop, body()), "was destroyed before it was joined");
}

}  // namespace
}  // namespace runnel
