#include "async/task_handle.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "async/debug.hpp"
#include "async/event.hpp"
#include "async/task_group.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"
#include "support/warnings.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

/// Runs \a body in a group, which is joined afterwards.
template <class Body>
void run_in_group(FakeLoop& loop, Body body, std::stop_token stop = std::stop_token()) {
    auto root = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        co_await body(group);
        co_await group.join();
    };
    run(loop, root(), std::move(stop));
}

Task<int> fail_at_once(std::string message) {
    throw std::runtime_error(message);
    co_return 0;
}

Task<int> note_and_wait(bool& began, Duration span) {
    began = true;
    co_await sleep_for(span);
    co_return 7;
}

Task<void> wait_into(TaskHandle<int> handle, std::vector<int>& order, int id) {
    co_await handle.wait();
    order.push_back(id);
}

std::string message_of(const std::exception_ptr& failure) { return debug::describe(failure); }

TEST(TaskHandle, GoesFromPendingThroughRunningToDone) {
    FakeLoop loop;
    bool began = false;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(note_and_wait(began, 5ms));
        EXPECT_EQ(handle.state(), TaskState::Pending);
        EXPECT_FALSE(began);
        co_await yield_now();
        EXPECT_TRUE(began);
        EXPECT_EQ(handle.state(), TaskState::Running);
        EXPECT_FALSE(handle.is_done());
        co_await handle.wait();
        EXPECT_EQ(handle.state(), TaskState::Done);
        EXPECT_TRUE(handle.is_done());
        EXPECT_EQ(handle.result(), 7);
        EXPECT_EQ(handle.failure(), nullptr);
    });
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(TaskHandle, AResultThatIsThereAtOnceIsThereInTheNextTurn) {
    FakeLoop loop;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(test::value_now(1));
        EXPECT_FALSE(handle.is_done());
        co_await handle.wait();
        EXPECT_EQ(handle.result(), 1);
        co_await handle.wait();
    });
}

TEST(TaskHandle, WorksForTasksWithoutAValue) {
    FakeLoop loop;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<void> handle = group.spawn(test::done_after(1ms));
        co_await handle.wait();
        EXPECT_NO_THROW(handle.result());
    });
}

TEST(TaskHandle, KnowsWhereItsTaskWasSpawned) {
    FakeLoop loop;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        const TaskHandle<int> handle = group.spawn(test::value_now(1));
        EXPECT_EQ(handle.made().line, __LINE__ - 1);
        EXPECT_NE(std::string(handle.made().file).find("task_handle_test.cpp"), std::string::npos);
        co_return;
    });
}

TEST(TaskHandle, CopiesAreHandlesOfTheSameTask) {
    FakeLoop loop;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<std::string> one = group.spawn(test::value_now(std::string("text")));
        TaskHandle<std::string> other = one;
        co_await other.wait();
        EXPECT_EQ(&one.result(), &other.result());
        EXPECT_EQ(one.result(), "text");
    });
}

TEST(TaskHandle, OutlivesItsGroupAndItsLoop) {
    std::optional<TaskHandle<int>> kept;
    {
        FakeLoop loop;
        run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
            kept = group.spawn(test::value_after(1ms, 9));
            co_return;
        });
    }
    kept->cancel();
    EXPECT_EQ(kept->state(), TaskState::Done);
    EXPECT_EQ(kept->result(), 9);
}

TEST(TaskHandle, ADroppedOneStopsNothing) {
    FakeLoop loop;
    bool began = false;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        group.spawn(note_and_wait(began, 3ms));
        co_return;
    });
    EXPECT_TRUE(began);
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(TaskHandle, CancelledWhilePendingTheBodyNeverRuns) {
    const test::Warnings warnings;
    FakeLoop loop;
    bool began = false;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(note_and_wait(began, 1h));
        handle.cancel();
        EXPECT_EQ(handle.state(), TaskState::Pending) << "it is decided in its turn";
        co_await handle.wait();
        EXPECT_EQ(handle.state(), TaskState::Cancelled);
        EXPECT_TRUE(handle.is_done());
        EXPECT_THROW(static_cast<void>(handle.result()), Cancelled);
        EXPECT_EQ(handle.failure(), nullptr);
    });
    EXPECT_FALSE(began);
    EXPECT_EQ(loop.elapsed(), 0ms);
    EXPECT_EQ(warnings.with("never awaited"), 0) << "it was stopped, not forgotten";
}

TEST(TaskHandle, CancelledWhileItRunsItEndsAtItsWaitAndItsSiblingsGoOn) {
    FakeLoop loop;
    bool began = false;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(note_and_wait(began, 1h));
        TaskHandle<int> sibling = group.spawn(test::value_after(2ms, 2));
        co_await sleep_for(1ms);
        handle.cancel();
        co_await handle.wait();
        EXPECT_EQ(handle.state(), TaskState::Cancelled);
        EXPECT_EQ(sibling.state(), TaskState::Running);
        co_await sibling.wait();
        EXPECT_EQ(sibling.result(), 2);
    });
    EXPECT_TRUE(began);
    EXPECT_EQ(loop.elapsed(), 2ms);
}

TEST(TaskHandle, CancelWaitsForATaskThatNeedsTimeToStop) {
    FakeLoop loop;
    bool cleaned = false;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<void> handle = group.spawn(test::slow_to_stop<void>(20ms, cleaned));
        co_await sleep_for(1ms);
        handle.cancel();
        co_await handle.wait();
        EXPECT_TRUE(cleaned);
    });
    EXPECT_EQ(loop.elapsed(), 21ms);
}

TEST(TaskHandle, CancelledAfterItIsOverNothingChanges) {
    FakeLoop loop;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(test::value_now(5));
        co_await handle.wait();
        handle.cancel();
        EXPECT_EQ(handle.state(), TaskState::Done);
        EXPECT_EQ(handle.result(), 5);
    });
}

Task<int> value_on(Event& event) {
    co_await event.wait();
    co_return 4;
}

TEST(TaskHandle, ACompletionThenACancelInOneTurnReturnsTheValue) {
    FakeLoop loop;
    Event event;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(value_on(event));
        co_await yield_now();
        event.set();
        handle.cancel();
        co_await handle.wait();
        EXPECT_EQ(handle.result(), 4);
    });
}

TEST(TaskHandle, ACancelThenACompletionInOneTurnIsCancelled) {
    FakeLoop loop;
    Event event;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(value_on(event));
        co_await yield_now();
        handle.cancel();
        event.set();
        co_await handle.wait();
        EXPECT_EQ(handle.state(), TaskState::Cancelled);
    });
}

TEST(TaskHandle, AStopOfTheGroupReachesSpawnedTasks) {
    FakeLoop loop;
    bool began = false;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> running = group.spawn(test::value_after(1h, 1));
        co_await yield_now();
        TaskHandle<int> pending = group.spawn(note_and_wait(began, 1h));
        group.request_stop();
        co_await running.wait();
        co_await pending.wait();
        EXPECT_EQ(running.state(), TaskState::Cancelled);
        EXPECT_EQ(pending.state(), TaskState::Cancelled);
    });
    EXPECT_FALSE(began);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(TaskHandle, OnDoneRunsTheCallbacksInTheirOrderBeforeWaiters) {
    FakeLoop loop;
    std::vector<int> order;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(test::value_after(1ms, 1));
        group.start(wait_into(handle, order, 3));
        handle.on_done([&] { order.push_back(1); });
        handle.on_done([&order, handle] { order.push_back(handle.is_done() ? 2 : -2); });
        co_await sleep_for(1ms - 1ns);
        EXPECT_TRUE(order.empty());
    });
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(TaskHandle, OnDoneOfATaskThatIsOverRunsInALaterTurn) {
    FakeLoop loop;
    std::vector<int> order;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(test::value_now(1));
        co_await handle.wait();
        handle.on_done([&] { order.push_back(1); });
        handle.on_done([&] { order.push_back(2); });
        EXPECT_TRUE(order.empty());
        co_await yield_now();
        EXPECT_EQ(order, (std::vector<int>{1, 2}));
    });
}

TEST(TaskHandle, OnDoneIsCalledForACancelledAndForAFailedTask) {
    FakeLoop loop;
    int calls = 0;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> cancelled = group.spawn(test::value_after(1h, 1));
        TaskHandle<int> failed = group.spawn(fail_at_once("no"));
        cancelled.on_done([&] { ++calls; });
        failed.on_done([&] { ++calls; });
        cancelled.cancel();
        co_await failed.wait();
        co_await cancelled.wait();
        EXPECT_EQ(message_of(failed.failure()), "no");
    });
    EXPECT_EQ(calls, 2);
}

TEST(TaskHandle, ACallbackMaySpawnWhichJoinWaitsFor) {
    FakeLoop loop;
    bool began = false;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        group.spawn(test::value_now(1)).on_done([&] { group.spawn(note_and_wait(began, 4ms)); });
        co_return;
    });
    EXPECT_TRUE(began);
    EXPECT_EQ(loop.elapsed(), 4ms);
}

TEST(TaskHandle, TwoWaitersResumeInTheirOrder) {
    FakeLoop loop;
    std::vector<int> order;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        const TaskHandle<int> handle = group.spawn(test::value_after(1ms, 1));
        group.start(wait_into(handle, order, 1));
        group.start(wait_into(handle, order, 2));
        co_return;
    });
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(TaskHandle, AStopOfAWaiterEndsTheWaitAndNotTheTask) {
    FakeLoop loop;
    std::vector<int> order;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskHandle<int> handle = group.spawn(test::value_after(2ms, 8));
        TaskGroup impatient(context);
        impatient.start(wait_into(handle, order, 1));
        impatient.request_stop();
        co_await impatient.join();
        EXPECT_TRUE(order.empty());
        co_await handle.wait();
        EXPECT_EQ(handle.result(), 8);
    });
}

TEST(TaskHandle, AStopBeforeTheWaitThrows) {
    FakeLoop loop;
    auto body = [](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(test::value_now(1));
        bool threw = false;
        try {
            co_await handle.wait();
        } catch (const Cancelled&) {
            threw = true;
        }
        EXPECT_TRUE(threw);
    };
    EXPECT_THROW(run_in_group(loop, body, test::stopped()), Cancelled);
}

TEST(TaskHandle, WaitsUntilADeadlineAndTheTaskRunsOn) {
    FakeLoop loop;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(test::value_after(5ms, 8));
        const bool soon = co_await handle.wait_until(Deadline(TimePoint() + 1ms));
        EXPECT_FALSE(soon);
        EXPECT_EQ(handle.state(), TaskState::Running);
        const bool later = co_await handle.wait_until(Deadline(TimePoint() + 1h));
        EXPECT_TRUE(later);
    });
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(TaskHandle, TheArgumentsOfATaskAreDestroyedBeforeItIsDone) {
    FakeLoop loop;
    test::Census census;
    auto hold = [](test::Counted counted) -> Task<int> {
        co_await yield_now();
        co_return counted.value();
    };
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        TaskHandle<int> ended = group.spawn(hold(test::Counted(census, 3)));
        ended.on_done([&] { EXPECT_EQ(census.live, 0); });
        co_await ended.wait();
        TaskHandle<int> never = group.spawn(hold(test::Counted(census, 3)));
        never.on_done([&] { EXPECT_EQ(census.live, 0); });
        never.cancel();
        EXPECT_EQ(census.live, 1);
        co_await never.wait();
    });
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(TaskHandleFailure, StopsNoSiblingAndIsThrownByJoin) {
    FakeLoop loop;
    bool finished = false;
    auto body = [&](TaskGroup& group) -> Task<void> {
        group.spawn(fail_at_once("unseen"));
        TaskHandle<int> sibling = group.spawn(test::value_after(3ms, 1));
        co_await sibling.wait();
        EXPECT_FALSE(group.stop_requested());
        finished = true;
    };
    EXPECT_THROW(run_in_group(loop, body), std::runtime_error);
    EXPECT_TRUE(finished);
}

TEST(TaskHandleFailure, OneThatWasLookedAtIsNotThrownAgain) {
    FakeLoop loop;
    run_in_group(loop, [](TaskGroup& group) -> Task<void> {
        TaskHandle<int> first = group.spawn(fail_at_once("first"));
        TaskHandle<int> second = group.spawn(fail_at_once("second"));
        co_await first.wait();
        co_await second.wait();
        EXPECT_EQ(first.state(), TaskState::Done);
        EXPECT_THROW(static_cast<void>(first.result()), std::runtime_error);
        EXPECT_EQ(message_of(second.failure()), "second");
    });
}

TEST(TaskHandleFailure, WaitShowsNone) {
    FakeLoop loop;
    auto body = [](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(fail_at_once("unseen"));
        co_await handle.wait();
        EXPECT_EQ(handle.state(), TaskState::Done);
    };
    EXPECT_THROW(run_in_group(loop, body), std::runtime_error);
}

TEST(TaskHandleFailure, EachJoinThrowsTheNextUnseenFailure) {
    FakeLoop loop;
    std::vector<std::string> thrown;
    auto join = [&](TaskGroup& group) -> Task<void> {
        try {
            co_await group.join();
        } catch (const std::runtime_error& error) {
            thrown.emplace_back(error.what());
        }
    };
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        group.spawn(test::fail_after<int>(2ms, "second"));
        TaskHandle<int> seen = group.spawn(test::fail_after<int>(1500us, "seen"));
        group.spawn(test::fail_after<int>(1ms, "first"));
        co_await seen.wait();
        EXPECT_EQ(message_of(seen.failure()), "seen");
        co_await join(group);
        co_await join(group);
    });
    EXPECT_EQ(thrown, (std::vector<std::string>{"first", "second"}));
}

TEST(TaskHandleFailure, ThatOfAStartedChildComesFirst) {
    FakeLoop loop;
    auto body = [](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(fail_at_once("spawned"));
        co_await yield_now();
        group.start(test::fail_after<void>(0ms, "started"));
        try {
            co_await group.join();
            ADD_FAILURE() << "join() has to throw";
        } catch (const std::runtime_error& error) {
            EXPECT_STREQ(error.what(), "started");
        }
        EXPECT_EQ(message_of(handle.failure()), "spawned");
    };
    EXPECT_THROW(run_in_group(loop, body), std::runtime_error);
}

TEST(TaskHandleFailure, FailuresThatJoinDidNotThrowAreReported) {
    const test::Warnings warnings;
    FakeLoop loop;
    auto body = [](TaskGroup& group) -> Task<void> {
        group.spawn(fail_at_once("thrown one"));
        group.spawn(fail_at_once("unseen one"));
        co_return;
    };
    EXPECT_THROW(run_in_group(loop, body), std::runtime_error);
    EXPECT_EQ(warnings.with("thrown one"), 0);
    EXPECT_EQ(warnings.with("unseen one"), 1);
    EXPECT_EQ(warnings.with("task_handle_test.cpp"), 1);
}

TEST(TaskHandle, HundredThousandOneAfterTheOther) {
    FakeLoop loop;
    std::int64_t sum = 0;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        for (int i = 0; i < 100'000; ++i) {
            TaskHandle<int> handle = group.spawn(test::value_now(i));
            co_await handle.wait();
            sum += handle.result();
        }
    });
    EXPECT_EQ(sum, 4'999'950'000);
}

TEST(TaskHandle, TenThousandAtOnce) {
    FakeLoop loop;
    int done = 0;
    run_in_group(loop, [&](TaskGroup& group) -> Task<void> {
        for (int i = 0; i < 10'000; ++i) {
            TaskHandle<int> handle = group.spawn(test::value_after(1ms, i));
            handle.on_done([&, handle] { done += handle.is_done() ? 1 : 0; });
            if (i % 2 == 0) {
                handle.cancel();
            }
        }
        co_return;
    });
    EXPECT_EQ(done, 10'000);
}

TEST(TaskHandleDeathTest, ResultAndFailureOfARunningTaskStopTheProgram) {
    FakeLoop loop;
    run_in_group(loop, [](TaskGroup& group) -> Task<void> {
        TaskHandle<int> handle = group.spawn(test::value_now(1));
        EXPECT_DEATH(static_cast<void>(handle.result()), "a task that has not ended");
        EXPECT_DEATH(static_cast<void>(handle.failure()), "a task that has not ended");
        co_return;
    });
}

}  // namespace
}  // namespace runnel
