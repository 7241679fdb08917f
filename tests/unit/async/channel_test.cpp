#include "async/channel.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/task_group.hpp"
#include "support/co_assert.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/getter.hpp"
#include "support/tasks.hpp"

// The threads' side is called on the loop's thread here, without blocking, so that every order can
// be arranged. tests/unit/io/channel_threads_test.cpp has real threads.

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

bool put_now(Channel<int>& channel, int item) {
    return channel.threads().put(std::move(item), 0ms);
}
std::optional<int> get_now(Channel<int>& channel) { return channel.threads().get(0ms); }

Task<void> get_two(Channel<int>& channel, Got& first, Got& second) {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group.start(get_into(channel.tasks(), Deadline::never(), first));
    group.start(get_into(channel.tasks(), Deadline::never(), second));
    co_await group.join();
}

/// Puts 0, 1, ... and closes the channel.
Task<void> put_many(Channel<int>& channel) {
    for (int i = 0; i < kMany; ++i) {
        int item = i;
        const bool taken = co_await channel.tasks().put(std::move(item));
        CO_ASSERT_TRUE(taken);
    }
    channel.tasks().close();
}

Task<void> put_into(Channel<int>& channel, int& item, std::optional<bool>& taken) {
    taken = co_await channel.tasks().put(std::move(item));
}

TEST(Channel, GivesATaskAtOnceWhatAThreadHasPut) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    EXPECT_TRUE(put_now(channel, 1));
    EXPECT_TRUE(put_now(channel, 2));
    EXPECT_EQ(channel.tasks().size(), 2U);
    Got first;
    Got second;
    run(loop, get_two(channel, first, second));
    EXPECT_EQ(first.item, 1);
    EXPECT_EQ(second.item, 2);
}

TEST(Channel, WakesATaskThatWaitsForAnItemOfAThread) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    const Got got = got_when(loop, channel.tasks(), Deadline::never(),
                             [&](TaskGroup&) { EXPECT_TRUE(put_now(channel, 3)); });
    EXPECT_EQ(got.ending, Ending::Item);
    EXPECT_EQ(got.item, 3);
}

TEST(Channel, GivesAThreadWhatATaskHasPut) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    std::optional<bool> taken;
    int item = 5;
    run(loop, put_into(channel, item, taken));
    EXPECT_EQ(taken, true);
    EXPECT_EQ(get_now(channel), 5);
    EXPECT_EQ(get_now(channel), std::nullopt);
}

TEST(Channel, ATaskThatWaitsForSpaceResumesWhenAThreadTakesAnItem) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    EXPECT_TRUE(put_now(channel, 1));
    std::optional<bool> taken;
    int item = 2;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(put_into(channel, item, taken));
        EXPECT_EQ(taken, std::nullopt);
        EXPECT_EQ(get_now(channel), 1);
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(taken, true);
    EXPECT_EQ(get_now(channel), 2);
}

TEST(Channel, ATaskThatTakesAnItemLetsAWaitingOnePut) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    EXPECT_TRUE(put_now(channel, 1));
    std::optional<bool> taken;
    int item = 2;
    Got got;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(put_into(channel, item, taken));
        group.start(get_into(channel.tasks(), Deadline::never(), got));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(got.item, 1);
    EXPECT_EQ(taken, true);
    EXPECT_EQ(get_now(channel), 2);
}

TEST(Channel, ATaskGivesATaskThatWaitsItsItem) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    std::optional<bool> taken;
    int item = 4;
    Got got;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get_into(channel.tasks(), Deadline::never(), got));
        group.start(put_into(channel, item, taken));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(got.item, 4);
}

TEST(Channel, RefusesAThreadWhenItIsFullAndLeavesItsItem) {
    FakeLoop loop;
    Channel<std::string> channel(loop, 1);
    std::string first = "one";
    std::string second = "two";
    EXPECT_TRUE(channel.threads().put(std::move(first), 0ms));
    EXPECT_FALSE(channel.threads().put(std::move(second), 0ms));
    EXPECT_EQ(second, "two");
    EXPECT_FALSE(channel.threads().closed());
}

TEST(Channel, TwoTasksAreServedInTheirOrder) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    Got first;
    Got second;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get_two(channel, first, second));
        EXPECT_TRUE(put_now(channel, 1));
        EXPECT_TRUE(put_now(channel, 2));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(first.item, 1);
    EXPECT_EQ(second.item, 2);
}

TEST(Channel, ANewcomerDoesNotOvertakeATaskThatWaits) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    Got waiting;
    Got newcomer;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get_into(channel.tasks(), Deadline::never(), waiting));
        EXPECT_TRUE(put_now(channel, 1));
        // The wake-up has not run yet.
        group.start(get_into(channel.tasks(), Deadline::never(), newcomer));
        EXPECT_EQ(newcomer.ending, Ending::Running);
        EXPECT_TRUE(put_now(channel, 2));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(waiting.item, 1);
    EXPECT_EQ(newcomer.item, 2);
}

/// Counts its wake-ups.
class CountingLoop final : public EventLoop {
public:
    [[nodiscard]] TimePoint now() const noexcept override { return loop_.now(); }
    void post(std::coroutine_handle<> waiter) override { loop_.post(waiter); }
    void call_at(Timer& timer, TimePoint when) override { loop_.call_at(timer, when); }
    void cancel(Timer& timer) noexcept override { loop_.cancel(timer); }
    void call_from_thread(std::function<void()> callback) override {
        ++calls_;
        loop_.call_from_thread(std::move(callback));
    }
    void run_until(const bool& done) override { loop_.run_until(done); }

    [[nodiscard]] int calls() const noexcept { return calls_; }

private:
    FakeLoop loop_;
    int calls_ = 0;
};

TEST(Channel, WakesTheLoopOnceForManyItemsAndOnlyIfATaskWaits) {
    CountingLoop loop;
    Channel<int> channel(loop, 100);
    for (int i = 0; i < 50; ++i) {
        EXPECT_TRUE(put_now(channel, i));
    }
    EXPECT_EQ(loop.calls(), 0);
    int sum = 0;
    auto take = [&](int count) -> Task<void> {
        for (int i = 0; i < count; ++i) {
            const std::optional<int> item = co_await channel.tasks().get();
            CO_ASSERT_TRUE(item);
            sum += *item;
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(take(100));
        for (int i = 50; i < 100; ++i) {
            EXPECT_TRUE(put_now(channel, i));
        }
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(sum, 4950);
    EXPECT_EQ(loop.calls(), 1);
}

TEST(Channel, CloseLetsTasksDrainAndThenEndsTheirWait) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    EXPECT_TRUE(put_now(channel, 1));
    channel.threads().close();
    EXPECT_TRUE(channel.tasks().closed());
    EXPECT_FALSE(channel.tasks().drained());
    EXPECT_FALSE(put_now(channel, 2));
    Got first;
    Got second;
    run(loop, get_two(channel, first, second));
    EXPECT_EQ(first.item, 1);
    EXPECT_EQ(second.ending, Ending::Nothing);
    EXPECT_TRUE(channel.threads().drained());
}

TEST(Channel, CloseWakesATaskThatWaitsForAnItem) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    const Got got = got_when(loop, channel.tasks(), Deadline::never(),
                             [&](TaskGroup&) { channel.threads().close(); });
    EXPECT_EQ(got.ending, Ending::Nothing);
}

TEST(Channel, AnItemBeforeTheCloseOfTheSameTurnIsNotLost) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    const Got got = got_when(loop, channel.tasks(), Deadline::never(), [&](TaskGroup&) {
        EXPECT_TRUE(put_now(channel, 6));
        channel.tasks().close();
    });
    EXPECT_EQ(got.item, 6);
}

TEST(Channel, CloseRefusesTasksAndLeavesTheirItems) {
    FakeLoop loop;
    Channel<std::string> channel(loop, 1);
    auto body = [&]() -> Task<void> {
        std::string waiting = "waiting";
        std::string late = "late";
        std::optional<bool> taken;
        auto put = [&](std::string& item) -> Task<void> {
            taken = co_await channel.tasks().put(std::move(item));
        };
        const Context& context = co_await this_task::context();
        EXPECT_TRUE(channel.threads().put("first", 0ms));
        TaskGroup group(context);
        group.start(put(waiting));
        channel.tasks().close();
        co_await group.join();
        EXPECT_EQ(taken, false);
        EXPECT_EQ(waiting, "waiting");
        taken.reset();
        co_await put(late);
        EXPECT_EQ(taken, false);
        EXPECT_EQ(late, "late");
    };
    run(loop, body());
    EXPECT_EQ(channel.threads().get(0ms), "first");
    EXPECT_EQ(channel.threads().get(), std::nullopt) << "it does not block";
}

TEST(ChannelGetUntil, EndsAtItsDeadlineWithNothing) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    const Got got = got_when(loop, channel.tasks(), Deadline(TimePoint() + 3ms), [](TaskGroup&) {});
    EXPECT_EQ(got.ending, Ending::Nothing);
    EXPECT_EQ(loop.elapsed(), 3ms);
    EXPECT_TRUE(put_now(channel, 1));
    EXPECT_EQ(get_now(channel), 1) << "no task waits any more";
}

TEST(ChannelGetUntil, ADeadlineThatHasPassedTakesWhatIsThere) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    const Deadline passed = Deadline(TimePoint());
    Got got;
    run(loop, get_into(channel.tasks(), passed, got));
    EXPECT_EQ(got.ending, Ending::Nothing);
    EXPECT_TRUE(put_now(channel, 2));
    run(loop, get_into(channel.tasks(), passed, got));
    EXPECT_EQ(got.item, 2);
}

TEST(ChannelGetUntil, LeavesNoTimerWhenAnItemComes) {
    FakeLoop loop;
    Channel<int> channel(loop, 4);
    const Got got = got_when(loop, channel.tasks(), Deadline(TimePoint() + 1h),
                             [&](TaskGroup&) { EXPECT_TRUE(put_now(channel, 2)); });
    EXPECT_EQ(got.ending, Ending::Item);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(Channel, IsCancelledWhenStopWasRequestedBeforeAndLosesNothing) {
    FakeLoop loop;
    Channel<int> channel(loop, 2);
    EXPECT_TRUE(put_now(channel, 1));
    Got got;
    std::optional<bool> taken;
    int item = 2;
    run(loop, get_into(channel.tasks(), Deadline::never(), got), test::stopped());
    EXPECT_EQ(got.ending, Ending::Stopped);
    EXPECT_THROW(run(loop, put_into(channel, item, taken), test::stopped()), Cancelled);
    EXPECT_EQ(item, 2);
    EXPECT_EQ(get_now(channel), 1);
    EXPECT_EQ(get_now(channel), std::nullopt);
}

TEST(Channel, AStopDuringTheWaitCancelsAGetter) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    Got got;
    test::StopAfter stop(loop, 2ms);
    run(loop, get_into(channel.tasks(), Deadline::never(), got), stop.token());
    EXPECT_EQ(got.ending, Ending::Stopped);
    EXPECT_EQ(loop.elapsed(), 2ms);
    EXPECT_TRUE(put_now(channel, 1));
    EXPECT_EQ(get_now(channel), 1);
}

TEST(Channel, AStopBeforeTheWakeUpLeavesTheItemToOthers) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    const Got got = got_when(loop, channel.tasks(), Deadline::never(), [&](TaskGroup& group) {
        EXPECT_TRUE(put_now(channel, 1));
        group.request_stop();
    });
    EXPECT_EQ(got.ending, Ending::Stopped);
    EXPECT_EQ(get_now(channel), 1);
}

TEST(Channel, AnItemThatATaskWasGivenSurvivesAStopInTheSameTurn) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    const Got got = got_when(loop, channel.tasks(), Deadline::never(), [&](TaskGroup& group) {
        EXPECT_TRUE(put_now(channel, 1));
        // Runs after the wake-up and before the task.
        loop.call_from_thread([&group] { group.request_stop(); });
    });
    EXPECT_EQ(got.ending, Ending::Item);
    EXPECT_EQ(get_now(channel), std::nullopt);
}

TEST(Channel, ACancelledPutterKeepsItsItem) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    std::optional<bool> taken;
    int item = 2;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        EXPECT_TRUE(put_now(channel, 1));
        group.start(put_into(channel, item, taken));
        group.request_stop();
        EXPECT_EQ(get_now(channel), 1);
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(taken, std::nullopt);
    EXPECT_EQ(item, 2);
    EXPECT_EQ(get_now(channel), std::nullopt);
}

TEST(Channel, AnItemTakenFromAPutterStaysTakenWhenItIsStopped) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    std::optional<bool> taken;
    int item = 2;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        EXPECT_TRUE(put_now(channel, 1));
        group.start(put_into(channel, item, taken));
        EXPECT_EQ(get_now(channel), 1);
        loop.call_from_thread([&group] { group.request_stop(); });
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(taken, true);
    EXPECT_EQ(get_now(channel), 2);
}

TEST(Channel, DyingWithAWakeUpOnItsWayIsHarmless) {
    FakeLoop loop;
    auto channel = std::make_unique<Channel<int>>(loop, 1);
    Got got;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get_into(channel->tasks(), Deadline::never(), got));
        EXPECT_TRUE(put_now(*channel, 1));
        group.request_stop();
        channel.reset();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(got.ending, Ending::Stopped);
    loop.drain();
}

TEST(Channel, ASideThatOutlivesItFindsItClosed) {
    std::optional<FakeLoop> loop(std::in_place);
    auto channel = std::make_unique<Channel<int>>(*loop, 2);
    Channel<int>::Threads side = channel->threads();
    EXPECT_TRUE(side.put(1));
    channel.reset();
    loop.reset();
    EXPECT_TRUE(side.closed());
    EXPECT_FALSE(side.put(2));
    EXPECT_EQ(side.get(), 1);
    EXPECT_EQ(side.get(), std::nullopt);
    side.close();
}

TEST(Channel, MovesItemsThroughEveryPathAndNeverCopies) {
    FakeLoop loop;
    Census census;
    auto produce = [&](Channel<Counted>& channel) -> Task<void> {
        for (int i = 1; i <= 20; ++i) {
            const bool taken = co_await channel.tasks().put(Counted(census, i));
            CO_ASSERT_TRUE(taken);
        }
        channel.tasks().close();
    };
    auto consume = [&](Channel<Counted>& channel, int& sum) -> Task<void> {
        while (const std::optional<Counted> item = co_await channel.tasks().get()) {
            sum += item->value();
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        int sum = 0;
        Channel<Counted> channel(loop, 2);
        TaskGroup group(context);
        group.start(produce(channel));
        group.start(consume(channel, sum));
        co_await group.join();
        EXPECT_EQ(sum, 210);
    };
    run(loop, body());
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(Channel, DestroysTheItemsItStillHolds) {
    FakeLoop loop;
    Census census;
    {
        Channel<Counted> channel(loop, 2);
        EXPECT_TRUE(channel.threads().put(Counted(census, 1)));
        EXPECT_EQ(census.live, 1);
    }
    EXPECT_EQ(census.live, 0);
}

TEST(Channel, HundredThousandItemsWithoutAWaitDoNotDeepenTheStack) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    auto body = [&]() -> Task<void> {
        for (int i = 0; i < kMany; ++i) {
            int given = i;
            const bool taken = co_await channel.tasks().put(std::move(given));
            CO_ASSERT_TRUE(taken);
            const std::optional<int> item = co_await channel.tasks().get();
            CO_ASSERT_TRUE(item == i);
        }
    };
    run(loop, body());
}

TEST(Channel, HundredThousandItemsBetweenTasksThroughACapacityOfOne) {
    FakeLoop loop;
    Channel<int> channel(loop, 1);
    int next = 0;
    auto consume = [&]() -> Task<void> {
        while (const std::optional<int> item = co_await channel.tasks().get()) {
            CO_ASSERT_TRUE(*item == next);
            ++next;
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(consume());
        group.start(put_many(channel));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(next, kMany);
}

TEST(ChannelDeathTest, TheCapacityMustNotBeZero) {
    FakeLoop loop;
    EXPECT_DEATH(Channel<int>(loop, 0), "the capacity of a Channel must not be 0");
}

TEST(ChannelDeathTest, DyingWhileATaskWaitsStopsTheProgram) {
    FakeLoop loop;
    auto channel = std::make_unique<Channel<int>>(loop, 1);
    Got got;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get_into(channel->tasks(), Deadline::never(), got));
        channel.reset();
        co_await group.join();
    };
    EXPECT_DEATH(run(loop, body()), "a Channel was destroyed while tasks wait on it");
}

}  // namespace
}  // namespace runnel
