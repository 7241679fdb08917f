#include "async/task_group.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "async/event.hpp"
#include "async/semaphore.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

std::string message_of(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        return error.what();
    }
}

Task<void> note_after(Duration span, std::vector<int>& order, int id) {
    co_await sleep_for(span);
    order.push_back(id);
}

Task<void> note_stop(std::vector<int>& stopped, int id) {
    try {
        co_await sleep_until(Deadline::never());
    } catch (const Cancelled&) {
        stopped.push_back(id);
        throw;
    }
}

/// Fails with \a message as soon as a stop is requested.
Task<void> fail_when_stopped(std::string message) {
    try {
        co_await sleep_until(Deadline::never());
    } catch (const Cancelled&) {
        throw std::runtime_error(message);
    }
}

Task<void> keep_until(Event& event, Permit permit) {
    co_await event.wait();
    EXPECT_TRUE(permit);
}

Task<void> keep_for(Duration span, test::Counted counted) {
    co_await sleep_for(span);
    EXPECT_EQ(counted.value(), 1);
}

TEST(TaskGroup, RunsItsTasksConcurrently) {
    FakeLoop loop;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(note_after(3ms, order, 3));
        group.start(note_after(1ms, order, 1));
        group.start(note_after(2ms, order, 2));
        EXPECT_EQ(group.running(), 3U);
        co_await group.join();
        EXPECT_EQ(group.running(), 0U);
    };
    run(loop, body());
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(TaskGroup, StartRunsAChildUntilItFirstWaits) {
    FakeLoop loop;
    bool began = false;
    auto child = [&]() -> Task<void> {
        began = true;
        co_await yield_now();
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(child());
        EXPECT_TRUE(began);
        co_await group.join();
    };
    run(loop, body());
}

TEST(TaskGroup, JoinOfAnEmptyOneReturnsAtOnce) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        co_await group.join();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_FALSE(loop.turn());
}

TEST(TaskGroup, MayDieUnjoinedWhenAllItsTasksHaveEnded) {
    FakeLoop loop;
    auto child = []() -> Task<void> { co_return; };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(child());
    };
    run(loop, body());
}

TEST(TaskGroup, MayBeUsedAgainAfterAJoin) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(test::done_after(1ms));
        co_await group.join();
        group.start(test::done_after(1ms));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(loop.elapsed(), 2ms);
}

TEST(TaskGroup, JoinWaitsForTasksThatTasksStarted) {
    FakeLoop loop;
    std::vector<int> order;
    auto spawn = [&](TaskGroup& group) -> Task<void> {
        co_await sleep_for(1ms);
        group.start(note_after(1ms, order, 2));
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(spawn(group));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, std::vector<int>{2});
}

TEST(TaskGroup, JoinSeesATaskStartedAfterTheLastOneEnded) {
    FakeLoop loop;
    std::vector<int> order;
    auto yield = []() -> Task<void> { co_await yield_now(); };
    auto start_late = [&](TaskGroup& group) -> Task<void> {
        co_await yield_now();
        co_await yield_now();
        EXPECT_EQ(group.running(), 0U) << "the joiner is posted and has not run yet";
        group.start(note_after(1ms, order, 2));
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        TaskGroup helpers(context);
        group.start(yield());
        helpers.start(start_late(group));
        co_await group.join();
        EXPECT_EQ(order, std::vector<int>{2});
        co_await helpers.join();
    };
    run(loop, body());
}

TEST(TaskGroup, TheFirstFailureStopsTheSiblingsAndIsThrownByJoin) {
    FakeLoop loop;
    std::vector<int> stopped;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(note_stop(stopped, 1));
        group.start(test::fail_after<void>(2ms, "first"));
        group.start(note_stop(stopped, 3));
        EXPECT_FALSE(group.stop_requested());
        try {
            co_await group.join();
            ADD_FAILURE() << "join() has to throw";
        } catch (const std::runtime_error& error) {
            EXPECT_STREQ(error.what(), "first");
        }
        EXPECT_TRUE(group.stop_requested());
        EXPECT_EQ(group.running(), 0U);
    };
    run(loop, body());
    EXPECT_EQ(stopped.size(), 2U);
    EXPECT_EQ(loop.elapsed(), 2ms);
}

TEST(TaskGroup, AFailureBeforeTheFirstWaitIsKeptForJoin) {
    FakeLoop loop;
    auto fail = []() -> Task<void> {
        throw std::runtime_error("at once");
        co_return;
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(fail());
        EXPECT_EQ(group.failures().size(), 1U);
        co_await group.join();
    };
    EXPECT_THROW(run(loop, body()), std::runtime_error);
}

TEST(TaskGroup, KeepsEveryFailureInTheOrderOfTime) {
    FakeLoop loop;
    std::vector<std::string> messages;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(fail_when_stopped("second"));
        group.start(test::fail_after<void>(1ms, "first"));
        try {
            co_await group.join();
        } catch (const std::runtime_error& error) {
            EXPECT_STREQ(error.what(), "first");
        }
        for (const std::exception_ptr& failure : group.failures()) {
            messages.push_back(message_of(failure));
        }
    };
    run(loop, body());
    EXPECT_EQ(messages, (std::vector<std::string>{"first", "second"}));
}

TEST(TaskGroup, JoinWaitsForAChildThatNeedsTimeToStop) {
    FakeLoop loop;
    bool cleaned = false;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(test::slow_to_stop<void>(20ms, cleaned));
        group.start(test::fail_after<void>(1ms, "first"));
        co_await group.join();
    };
    EXPECT_THROW(run(loop, body()), std::runtime_error);
    EXPECT_TRUE(cleaned);
    EXPECT_EQ(loop.elapsed(), 21ms);
}

TEST(TaskGroup, AskedToStopByItsOwnerIsNotAFailure) {
    FakeLoop loop;
    std::vector<int> stopped;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(note_stop(stopped, 1));
        group.request_stop();
        co_await group.join();
        EXPECT_TRUE(group.failures().empty());
        EXPECT_FALSE(context.stop.stop_requested());
    };
    run(loop, body());
    EXPECT_EQ(stopped, std::vector<int>{1});
}

TEST(TaskGroup, AStopOfTheParentReachesGrandchildrenAndJoinWaitsForThem) {
    FakeLoop loop;
    bool cleaned = false;
    auto child = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup inner(context);
        inner.start(test::slow_to_stop<void>(5ms, cleaned));
        co_await inner.join();
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup outer(context);
        outer.start(child());
        co_await outer.join();
    };
    test::StopAfter stop(loop, 1ms);
    EXPECT_THROW(run(loop, body(), stop.token()), Cancelled);
    EXPECT_TRUE(cleaned);
    EXPECT_EQ(loop.elapsed(), 6ms);
}

TEST(TaskGroup, MadeAfterTheStopOfItsParentStopsItsTasksAtTheirFirstWait) {
    FakeLoop loop;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        EXPECT_TRUE(group.stop_requested());
        group.start(note_after(1ms, order, 1));
        EXPECT_EQ(group.running(), 0U);
        co_await group.join();
    };
    EXPECT_THROW(run(loop, body(), test::stopped()), Cancelled);
    EXPECT_TRUE(order.empty());
}

TEST(TaskGroup, AFailureWinsOverTheStopOfTheParent) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(fail_when_stopped("cleanup"));
        co_await group.join();
    };
    test::StopAfter stop(loop, 1ms);
    EXPECT_THROW(run(loop, body(), stop.token()), std::runtime_error);
}

TEST(TaskGroup, JoinThrowsIfTheParentIsStoppedInTheTurnInWhichTheLastChildEnds) {
    FakeLoop loop;
    bool ended = false;
    auto child = [&](Event& event) -> Task<void> {
        co_await event.wait();
        ended = true;
    };
    auto inner = [&](Event& event) -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(child(event));
        co_await group.join();
        ADD_FAILURE() << "join() has to throw";
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        Event event;
        TaskGroup outer(context);
        outer.start(inner(event));
        event.set();
        outer.request_stop();
        co_await outer.join();
    };
    run(loop, body());
    EXPECT_TRUE(ended) << "it was satisfied before the stop";
}

TEST(TaskGroup, AStopOfASiblingGroupHasNoEffect) {
    FakeLoop loop;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup first(context);
        TaskGroup second(context);
        first.start(note_after(1ms, order, 1));
        second.start(note_after(1ms, order, 2));
        first.request_stop();
        co_await first.join();
        co_await second.join();
    };
    run(loop, body());
    EXPECT_EQ(order, std::vector<int>{2});
}

TEST(TaskGroup, PermitsGivenToChildrenAreFreeWhenJoinReturns) {
    FakeLoop loop;
    Semaphore semaphore(2);
    Event event;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (int i = 0; i < 2; ++i) {
            Permit permit = co_await semaphore.acquire();
            group.start(keep_until(event, std::move(permit)));
        }
        EXPECT_EQ(semaphore.free(), 0U);
        event.set();
        co_await group.join();
        EXPECT_EQ(semaphore.free(), 2U);
    };
    run(loop, body());
}

TEST(TaskGroup, APermitGivenToAChildIsFreeBeforeTheNextOneNeedsIt) {
    FakeLoop loop;
    Semaphore semaphore(1);
    auto child = [](Permit permit) -> Task<void> {
        co_await sleep_for(1ms);
        EXPECT_TRUE(permit);
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (int i = 0; i < 5; ++i) {
            Permit permit = co_await semaphore.acquire();
            group.start(child(std::move(permit)));
            EXPECT_EQ(group.running(), 1U);
        }
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(TaskGroup, ArgumentsOfChildrenAreDestroyedWhenJoinReturns) {
    FakeLoop loop;
    test::Census census;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(keep_for(1ms, test::Counted(census, 1)));
        group.start(keep_for(1s, test::Counted(census, 1)));
        group.start(keep_for(2s, test::Counted(census, 1)));
        co_await sleep_for(1500ms);
        EXPECT_EQ(census.live, 1);
        group.request_stop();
        co_await group.join();
        EXPECT_EQ(census.live, 0);
    };
    run(loop, body());
    EXPECT_EQ(census.copies, 0);
}

TEST(TaskGroup, AFailureThenAStopInOneTurnReportsTheFailure) {
    FakeLoop loop;
    Event event;
    auto child = [&]() -> Task<void> {
        co_await event.wait();
        throw std::runtime_error("after the event");
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(child());
        event.set();
        group.request_stop();
        co_await group.join();
    };
    EXPECT_THROW(run(loop, body()), std::runtime_error);
}

TEST(TaskGroup, HundredThousandChildrenThatEndAtOnce) {
    FakeLoop loop;
    int ended = 0;
    auto child = [&]() -> Task<void> {
        ++ended;
        co_return;
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (int i = 0; i < 100'000; ++i) {
            group.start(child());
        }
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(ended, 100'000);
}

TEST(TaskGroup, TenThousandChildrenThatWaitAtOnceAllStop) {
    FakeLoop loop;
    std::vector<int> stopped;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (int i = 0; i < 10'000; ++i) {
            group.start(note_stop(stopped, i));
        }
        group.start(test::fail_after<void>(1ms, "one"));
        co_await group.join();
    };
    EXPECT_THROW(run(loop, body()), std::runtime_error);
    EXPECT_EQ(stopped.size(), 10'000U);
}

TEST(TaskGroupDeathTest, DyingUnjoinedStopsTheProgram) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(test::done_after(1s));
    };
    EXPECT_DEATH(run(loop, body()), "a TaskGroup was destroyed before it was joined");
}

TEST(TaskGroupDeathTest, JoinedTwiceAtOnceStopsTheProgram) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        TaskGroup joiners(context);
        group.start(test::done_after(1s));
        joiners.start(group.join());
        joiners.start(group.join());
        co_await joiners.join();
    };
    EXPECT_DEATH(run(loop, body()), "joined twice at once");
}

}  // namespace
}  // namespace runnel
