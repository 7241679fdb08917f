#include "async/queue.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <vector>

#include "async/task_group.hpp"
#include "support/co_assert.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/getter.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::Ending;
using test::FakeLoop;
using test::get_into;
using test::Got;
using test::got_when;

constexpr int kMany = 100'000;

Task<void> get_all(Queue<int>& queue, std::vector<int>& items) {
    while (const std::optional<int> item = co_await queue.get()) {
        items.push_back(*item);
    }
}

Task<void> put_all(Queue<int>& queue, int first, int last) {
    for (int item = first; item <= last; ++item) {
        const bool taken = co_await queue.put(item);
        EXPECT_TRUE(taken);
    }
}

Task<bool> put_one(Queue<int>& queue, int item) {
    const bool taken = co_await queue.put(item);
    co_return taken;
}

Task<void> put_into(Queue<int>& queue, int item, std::optional<bool>& taken) {
    taken = co_await queue.put(item);
}

Task<std::optional<int>> get_one(Queue<int>& queue) {
    const std::optional<int> item = co_await queue.get();
    co_return item;
}

TEST(Queue, ReturnsItemsInTheOrderTheyWerePut) {
    FakeLoop loop;
    Queue<int> queue(10);
    std::vector<int> items;
    run(loop, put_all(queue, 1, 5));
    EXPECT_EQ(queue.size(), 5U);
    queue.close();
    run(loop, get_all(queue, items));
    EXPECT_EQ(items, (std::vector<int>{1, 2, 3, 4, 5}));
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(Queue, PutWaitsWhileItIsFull) {
    FakeLoop loop;
    Queue<int> queue(2);
    std::optional<bool> third;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        co_await put_all(queue, 1, 2);
        TaskGroup group(context);
        group.start(put_into(queue, 3, third));
        co_await sleep_for(1s);
        EXPECT_FALSE(third.has_value());
        EXPECT_EQ(queue.try_get(), 1);
        EXPECT_EQ(queue.size(), 2U) << "the waiting item took the place at once";
        co_await group.join();
        EXPECT_EQ(third, true);
    };
    run(loop, body());
    EXPECT_EQ(queue.try_get(), 2);
    EXPECT_EQ(queue.try_get(), 3);
    EXPECT_EQ(queue.try_get(), std::nullopt);
}

TEST(Queue, AnItemGoesToTheGetterThatWaitedLongest) {
    FakeLoop loop;
    Queue<int> queue(1);
    Got first;
    Got second;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get_into(queue, Deadline::never(), first));
        group.start(get_into(queue, Deadline::never(), second));
        co_await put_all(queue, 1, 2);
        EXPECT_EQ(queue.size(), 0U);
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(first.item, 1);
    EXPECT_EQ(second.item, 2);
}

TEST(Queue, WaitingPuttersAreServedInTheOrderTheyCame) {
    FakeLoop loop;
    Queue<int> queue(1);
    std::vector<int> items;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(put_all(queue, 1, 1));
        group.start(put_all(queue, 2, 2));
        group.start(put_all(queue, 3, 3));
        group.start(get_all(queue, items));
        co_await yield_now();
        co_await yield_now();
        queue.close();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(items, (std::vector<int>{1, 2, 3}));
}

TEST(Queue, CarriesMoveOnlyItems) {
    FakeLoop loop;
    Queue<std::unique_ptr<int>> queue(1);
    auto body = [&]() -> Task<int> {
        static_cast<void>(co_await queue.put(std::make_unique<int>(9)));
        const std::optional<std::unique_ptr<int>> item = co_await queue.get();
        co_return **item;
    };
    EXPECT_EQ(run(loop, body()), 9);
}

TEST(Queue, TryPutTakesAnItemOnlyIfThereIsSpace) {
    Queue<std::unique_ptr<int>> queue(1);
    auto first = std::make_unique<int>(1);
    auto second = std::make_unique<int>(2);
    EXPECT_TRUE(queue.try_put(std::move(first)));
    EXPECT_FALSE(queue.try_put(std::move(second)));
    EXPECT_NE(second, nullptr) << "an item that was refused stays with its owner";
}

TEST(Queue, TryPutHandsTheItemToAWaitingGetter) {
    FakeLoop loop;
    Queue<int> queue(1);
    const Got got = got_when(loop, queue, Deadline::never(),
                             [&](TaskGroup&) { EXPECT_TRUE(queue.try_put(4)); });
    EXPECT_EQ(got.item, 4);
}

TEST(Queue, CloseLetsGettersDrainWhatIsLeft) {
    FakeLoop loop;
    Queue<int> queue(4);
    std::vector<int> items;
    run(loop, put_all(queue, 1, 3));
    queue.close();
    EXPECT_TRUE(queue.closed());
    run(loop, get_all(queue, items));
    EXPECT_EQ(items, (std::vector<int>{1, 2, 3}));
}

TEST(Queue, CloseEndsEveryWaitingGetter) {
    FakeLoop loop;
    Queue<int> queue(1);
    Got first;
    auto act = [&](TaskGroup& group) {
        group.start(get_into(queue, Deadline::never(), first));
        queue.close();
        queue.close();
    };
    EXPECT_EQ(got_when(loop, queue, Deadline::never(), act).ending, Ending::Nothing);
    EXPECT_EQ(first.ending, Ending::Nothing);
}

TEST(Queue, CloseRefusesWaitingAndLaterPutters) {
    FakeLoop loop;
    Queue<int> queue(1);
    std::optional<bool> waiting;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        co_await put_all(queue, 1, 1);
        TaskGroup group(context);
        group.start(put_into(queue, 2, waiting));
        queue.close();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(waiting, false);
    EXPECT_FALSE(run(loop, put_one(queue, 3)));
    EXPECT_FALSE(queue.try_put(4));
    EXPECT_EQ(queue.size(), 1U) << "only what was taken before is left";
}

TEST(Queue, JoinReturnsWhenEveryItemIsDone) {
    FakeLoop loop;
    Queue<int> queue(4);
    auto work = [&]() -> Task<void> {
        while (co_await queue.get()) {
            co_await sleep_for(2ms);
            queue.task_done();
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(work());
        co_await put_all(queue, 1, 3);
        co_await queue.join();
        EXPECT_EQ(context.scheduler->now(), TimePoint() + 6ms);
        queue.close();
        co_await group.join();
    };
    run(loop, body());
}

TEST(Queue, JoinOfOneThatNeverHadAnItemReturnsAtOnce) {
    FakeLoop loop;
    Queue<int> queue(1);
    auto body = [&]() -> Task<void> { co_await queue.join(); };
    run(loop, body());
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(Queue, JoinCountsAnItemThatWentStraightToAGetter) {
    FakeLoop loop;
    Queue<int> queue(1);
    auto body = [&]() -> Task<void> { co_await queue.join(); };
    got_when(loop, queue, Deadline::never(), [&](TaskGroup&) { EXPECT_TRUE(queue.try_put(1)); });
    test::StopAfter stop(loop, 1ms);
    EXPECT_THROW(run(loop, body(), stop.token()), Cancelled);
    queue.task_done();
    run(loop, body());
}

TEST(QueueGetUntil, ReturnsNulloptAtTheDeadline) {
    FakeLoop loop;
    Queue<int> queue(1);
    const Deadline deadline(loop.now() + 3ms);
    EXPECT_EQ(got_when(loop, queue, deadline, [](TaskGroup&) {}).ending, Ending::Nothing);
    EXPECT_EQ(loop.elapsed(), 3ms);
    EXPECT_FALSE(queue.closed());
}

TEST(QueueGetUntil, ReturnsAnItemThatIsThereEvenAfterTheDeadline) {
    FakeLoop loop;
    Queue<int> queue(1);
    run(loop, put_all(queue, 5, 5));
    const Deadline passed(TimePoint::min());
    EXPECT_EQ(got_when(loop, queue, passed, [](TaskGroup&) {}).item, 5);
    EXPECT_EQ(got_when(loop, queue, passed, [](TaskGroup&) {}).ending, Ending::Nothing);
}

TEST(QueueGetUntil, AnItemBeforeTheDeadlineOfTheSameTurnIsGot) {
    FakeLoop loop;
    Queue<int> queue(1);
    Got got;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get_into(queue, Deadline(TimePoint() + 1ms), got));
        co_await sleep_for(1ms - 1ns);
        // The getter is posted now; the time jumps to its deadline before it runs.
        EXPECT_TRUE(queue.try_put(6));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(got.item, 6);
    EXPECT_EQ(queue.size(), 0U);
}

TEST(QueueGetUntil, AnItemAfterTheDeadlineOfTheSameTurnStaysForTheNext) {
    FakeLoop loop;
    Queue<int> queue(1);
    Got got;
    auto put_late = [&]() -> Task<void> {
        co_await sleep_for(1ms);
        EXPECT_TRUE(queue.try_put(7));
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(put_late());
        group.start(get_into(queue, Deadline(TimePoint() + 1ms), got));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(got.ending, Ending::Nothing);
    EXPECT_EQ(queue.try_get(), 7);
}

TEST(Queue, IsCancelledWhenStopWasRequestedBeforeAndLosesNothing) {
    FakeLoop loop;
    Queue<int> queue(2);
    run(loop, put_all(queue, 1, 1));
    EXPECT_THROW(run(loop, get_one(queue), test::stopped()), Cancelled);
    EXPECT_THROW(run(loop, put_one(queue, 2), test::stopped()), Cancelled);
    EXPECT_EQ(queue.size(), 1U);
}

TEST(Queue, ACancelledGetterLeavesTheItemToTheNext) {
    FakeLoop loop;
    Queue<int> queue(1);
    const Got got = got_when(loop, queue, Deadline::never(), [&](TaskGroup& group) {
        group.request_stop();
        EXPECT_TRUE(queue.try_put(1));
    });
    EXPECT_EQ(got.ending, Ending::Stopped);
    EXPECT_EQ(queue.try_get(), 1);
}

TEST(Queue, AnItemHandedOverSurvivesAStopInTheSameTurn) {
    FakeLoop loop;
    Queue<int> queue(1);
    const Got got = got_when(loop, queue, Deadline::never(), [&](TaskGroup& group) {
        EXPECT_TRUE(queue.try_put(1));
        group.request_stop();
    });
    EXPECT_EQ(got.ending, Ending::Item);
    EXPECT_EQ(queue.size(), 0U);
}

TEST(Queue, ACancelledPutterKeepsItsItemOut) {
    FakeLoop loop;
    Queue<int> queue(1);
    std::optional<bool> taken;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        co_await put_all(queue, 1, 1);
        TaskGroup group(context);
        group.start(put_into(queue, 2, taken));
        group.request_stop();
        EXPECT_EQ(queue.try_get(), 1);
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(taken, std::nullopt);
    EXPECT_EQ(queue.size(), 0U);
}

TEST(Queue, AnItemTakenFromAPutterStaysTakenWhenItIsStopped) {
    FakeLoop loop;
    Queue<int> queue(1);
    std::optional<bool> taken;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        co_await put_all(queue, 1, 1);
        TaskGroup group(context);
        group.start(put_into(queue, 2, taken));
        EXPECT_EQ(queue.try_get(), 1);
        group.request_stop();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(taken, true);
    EXPECT_EQ(queue.try_get(), 2);
}

TEST(Queue, MovesItemsThroughEveryPathAndNeverCopies) {
    FakeLoop loop;
    Census census;
    auto produce = [&](Queue<Counted>& queue) -> Task<void> {
        for (int i = 1; i <= 20; ++i) {
            static_cast<void>(co_await queue.put(Counted(census, i)));
        }
        queue.close();
    };
    auto consume = [&](Queue<Counted>& queue) -> Task<int> {
        int sum = 0;
        while (const std::optional<Counted> item = co_await queue.get()) {
            sum += item->value();
        }
        co_return sum;
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        Queue<Counted> queue(2);
        TaskGroup group(context);
        group.start(produce(queue));
        const int sum = co_await consume(queue);
        EXPECT_EQ(sum, 210);
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(Queue, DestroysTheItemsItStillHolds) {
    FakeLoop loop;
    Census census;
    auto body = [&](Queue<Counted>& queue) -> Task<void> {
        static_cast<void>(co_await queue.put(Counted(census, 1)));
        static_cast<void>(co_await queue.put(Counted(census, 2)));
    };
    auto queue = std::make_unique<Queue<Counted>>(1);
    test::StopAfter stop(loop, 1ms);
    EXPECT_THROW(run(loop, body(*queue), stop.token()), Cancelled);
    EXPECT_EQ(census.live, 1) << "the item of the cancelled put is gone";
    queue.reset();
    EXPECT_EQ(census.live, 0);
}

TEST(Queue, HundredThousandItemsWithoutAWaitDoNotDeepenTheStack) {
    FakeLoop loop;
    Queue<int> queue(1);
    auto body = [&]() -> Task<void> {
        for (int i = 0; i < kMany; ++i) {
            static_cast<void>(co_await queue.put(i));
            const std::optional<int> item = co_await queue.get();
            CO_ASSERT_TRUE(item == i);
        }
    };
    run(loop, body());
}

TEST(Queue, HundredThousandItemsGoThroughACapacityOfOne) {
    FakeLoop loop;
    Queue<int> queue(1);
    std::vector<int> items;
    auto produce = [&]() -> Task<void> {
        co_await put_all(queue, 1, kMany);
        queue.close();
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(produce());
        group.start(get_all(queue, items));
        co_await group.join();
    };
    run(loop, body());
    ASSERT_EQ(items.size(), static_cast<std::size_t>(kMany));
    for (int i = 0; i < kMany; ++i) {
        ASSERT_EQ(items[static_cast<std::size_t>(i)], i + 1);
    }
}

TEST(QueueDeathTest, TheCapacityMustNotBeZero) {
    EXPECT_DEATH(Queue<int>(0), "the capacity of a Queue must not be 0");
}

TEST(QueueDeathTest, TaskDoneWithoutAnItemStopsTheProgram) {
    Queue<int> queue(1);
    EXPECT_DEATH(queue.task_done(), "called more often than put");
}

}  // namespace
}  // namespace runnel
