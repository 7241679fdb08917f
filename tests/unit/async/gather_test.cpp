#include "async/gather.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "async/event.hpp"
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

/// Fails with \a message when asked to stop.
template <class T>
Task<T> fail_when_stopped(std::string message) {
    try {
        co_await sleep_until(Deadline::never());
    } catch (const Cancelled&) {
        // Continues below.
    }
    throw std::runtime_error(message);
}

Task<int> cancel_itself() {
    co_await yield_now();
    throw Cancelled();
}

Task<int> wait_for(Event& event) {
    co_await event.wait();
    co_return 1;
}

template <class T>
std::string failure_of(FakeLoop& loop, Task<T> task) {
    try {
        static_cast<void>(run(loop, std::move(task)));
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return "none";
}

TEST(Gather, ReturnsTheValuesInTheOrderOfTheTasks) {
    FakeLoop loop;
    const auto values =
        run(loop, gather(tasks_of(value_after(3ms, 1), value_now(2), value_after(1ms, 3))));
    EXPECT_EQ(values, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(Gather, WithoutTasksReturnsNoValues) {
    FakeLoop loop;
    EXPECT_TRUE(run(loop, gather(std::vector<Task<int>>())).empty());
    run(loop, gather(std::vector<Task<void>>()));
    EXPECT_TRUE(run(loop, gather_outcomes(std::vector<Task<int>>())).empty());
}

TEST(Gather, ReturnsMoveOnlyValues) {
    FakeLoop loop;
    auto values = run(loop, gather(tasks_of(value_after(1ms, std::make_unique<int>(1)),
                                            value_now(std::make_unique<int>(2)))));
    EXPECT_EQ(*values[0] + *values[1], 3);
}

TEST(Gather, StopsTheOthersAtTheFirstFailureAndWaitsForThem) {
    FakeLoop loop;
    bool cleaned = false;
    EXPECT_EQ(failure_of(loop, gather(tasks_of(test::slow_to_stop<int>(10ms, cleaned),
                                               fail_after<int>(2ms, "first")))),
              "first");
    EXPECT_TRUE(cleaned);
    EXPECT_EQ(loop.elapsed(), 12ms);
}

TEST(Gather, ThrowsTheFailureThatCameFirstAndNotTheOneOfTheFirstTask) {
    FakeLoop loop;
    EXPECT_EQ(failure_of(loop, gather(tasks_of(fail_when_stopped<int>("consequence"),
                                               fail_after<int>(1ms, "cause")))),
              "cause");
}

TEST(Gather, ThrowsCancelledWhenATaskEndsThatWayByItself) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, gather(tasks_of(value_after(1s, 1), cancel_itself()))), Cancelled);
    EXPECT_EQ(loop.elapsed(), 0ms) << "the others were asked to stop";
}

TEST(Gather, PassesAStopOnAndThrowsCancelledAfterAllHaveEnded) {
    FakeLoop loop;
    bool cleaned = false;
    test::StopAfter stop(loop, 1ms);
    EXPECT_THROW(
        run(loop, gather(tasks_of(test::slow_to_stop<int>(5ms, cleaned), value_after(1s, 1))),
            stop.token()),
        Cancelled);
    EXPECT_TRUE(cleaned);
    EXPECT_EQ(loop.elapsed(), 6ms);
}

TEST(Gather, IsCancelledWhenStopWasRequestedBefore) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, gather(tasks_of(value_after(1s, 1))), test::stopped()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(Gather, DestroysTasksNeverStarted) {
    test::Census census;
    {
        const auto task =
            gather(tasks_of(value_now(test::Counted(census)), value_now(test::Counted(census))));
        EXPECT_EQ(census.live, 2);
    }
    EXPECT_EQ(census.live, 0);
}

TEST(Gather, NeverCopiesAndLeavesNothingAlive) {
    test::Census census;
    FakeLoop loop;
    {
        const auto values = run(loop, gather(tasks_of(value_now(test::Counted(census, 1)),
                                                      value_after(1ms, test::Counted(census, 2)))));
        EXPECT_EQ(values[0].value() + values[1].value(), 3);
        EXPECT_EQ(census.live, 2);
    }
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(Gather, DestroysTheValuesThatAFailureMadeUseless) {
    test::Census census;
    FakeLoop loop;
    EXPECT_EQ(failure_of(loop, gather(tasks_of(value_now(test::Counted(census, 1)),
                                               fail_after<test::Counted>(1ms, "late")))),
              "late");
    EXPECT_EQ(census.live, 0);
}

TEST(Gather, RunsTenThousandTasks) {
    FakeLoop loop;
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 10'000; ++i) {
        tasks.push_back(value_after(i % 7 * 1ms, i));
    }
    const std::vector<int> values = run(loop, gather(std::move(tasks)));
    for (int i = 0; i < 10'000; ++i) {
        ASSERT_EQ(values[static_cast<std::size_t>(i)], i);
    }
}

TEST(GatherVoid, WaitsForEveryTask) {
    FakeLoop loop;
    run(loop, gather(tasks_of(test::done_after(1ms), test::done_after(4ms))));
    EXPECT_EQ(loop.elapsed(), 4ms);
}

TEST(GatherVoid, ThrowsTheFailureThatCameFirst) {
    FakeLoop loop;
    auto both =
        gather(tasks_of(fail_when_stopped<void>("consequence"), fail_after<void>(1ms, "cause")));
    EXPECT_EQ(failure_of(loop, std::move(both)), "cause");
}

TEST(GatherVoid, ThrowsCancelledWhenATaskEndsThatWayByItself) {
    FakeLoop loop;
    auto give_up = []() -> Task<void> {
        co_await yield_now();
        throw Cancelled();
    };
    EXPECT_THROW(run(loop, gather(tasks_of(test::done_after(1s), give_up()))), Cancelled);
    EXPECT_EQ(loop.elapsed(), 0ms) << "the others were asked to stop";
}

TEST(GatherTuple, ReturnsValuesOfDifferentTypes) {
    FakeLoop loop;
    const auto values = run(loop, gather(value_after(2ms, 1), value_now(std::string("two")),
                                         value_after(1ms, std::make_unique<int>(3))));
    EXPECT_EQ(std::get<0>(values), 1);
    EXPECT_EQ(std::get<1>(values), "two");
    EXPECT_EQ(*std::get<2>(values), 3);
    EXPECT_EQ(loop.elapsed(), 2ms);
}

TEST(GatherTuple, ThrowsTheFailureThatCameFirst) {
    FakeLoop loop;
    EXPECT_EQ(failure_of(loop, gather(fail_when_stopped<int>("consequence"),
                                      fail_after<std::string>(1ms, "cause"))),
              "cause");
}

TEST(GatherTuple, PassesAStopOn) {
    FakeLoop loop;
    test::StopAfter stop(loop, 1ms);
    auto both = gather(value_after(1s, 1), value_after(1s, std::string("x")));
    EXPECT_THROW(run(loop, std::move(both), stop.token()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 1ms);
}

TEST(GatherOutcomes, ReturnsEveryOutcomeInTheOrderOfTheTasks) {
    FakeLoop loop;
    auto outcomes = run(loop, gather_outcomes(tasks_of(fail_after<int>(1ms, "no"),
                                                       value_after(3ms, 2), cancel_itself())));
    ASSERT_EQ(outcomes.size(), 3U);
    EXPECT_THROW(outcomes[0].get(), std::runtime_error);
    EXPECT_EQ(outcomes[1].get(), 2);
    EXPECT_TRUE(outcomes[2].cancelled());
    EXPECT_EQ(loop.elapsed(), 3ms) << "a failure stops no task";
}

TEST(GatherOutcomes, WorksForTasksWithoutAValue) {
    FakeLoop loop;
    auto outcomes =
        run(loop, gather_outcomes(tasks_of(test::done_after(1ms), fail_after<void>(1ms, "no"))));
    EXPECT_TRUE(outcomes[0].ok());
    EXPECT_NE(outcomes[1].exception(), nullptr);
}

TEST(GatherOutcomes, ThrowsCancelledWhenTheCallerIsStopped) {
    FakeLoop loop;
    bool cleaned = false;
    test::StopAfter stop(loop, 1ms);
    auto all = gather_outcomes(tasks_of(test::slow_to_stop<int>(5ms, cleaned)));
    EXPECT_THROW(run(loop, std::move(all), stop.token()), Cancelled);
    EXPECT_TRUE(cleaned);
}

TEST(Gather, ATaskSatisfiedBeforeASiblingFailsInTheSameTurnHasEndedWell) {
    FakeLoop loop;
    Event event;
    auto fail = [&]() -> Task<int> {
        co_await yield_now();
        event.set();
        throw std::runtime_error("after the event");
    };
    auto both = gather_outcomes(tasks_of(wait_for(event), fail()));
    auto outcomes = run(loop, std::move(both));
    EXPECT_EQ(outcomes[0].get(), 1);
    EXPECT_FALSE(outcomes[1].ok());
}

}  // namespace
}  // namespace runnel
