#include "async/event.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

enum class Ending { Set, Late, Stopped };

Task<void> wait_once(Event& event) { co_await event.wait(); }

Task<void> note_when_set(Event& event, std::vector<int>& order, int id) {
    co_await event.wait();
    order.push_back(id);
}

Task<void> note_ending(Event& event, Deadline deadline, std::optional<Ending>& ending) {
    try {
        const bool set = co_await event.wait_until(deadline);
        ending = set ? Ending::Set : Ending::Late;
    } catch (const Cancelled&) {
        ending = Ending::Stopped;
    }
}

Task<void> set_after(Event& event, Duration span) {
    co_await sleep_for(span);
    event.set();
}

/// Returns how a wait until \a deadline ends when \a act is called right after it began.
template <class Act>
std::optional<Ending> ending_of(FakeLoop& loop, Event& event, Deadline deadline, Act act) {
    std::optional<Ending> ending;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(note_ending(event, deadline, ending));
        act(group);
        co_await group.join();
    };
    run(loop, body());
    return ending;
}

TEST(Event, WaitReturnsAtOnceIfItIsSet) {
    FakeLoop loop;
    Event event;
    EXPECT_FALSE(event.is_set());
    event.set();
    EXPECT_TRUE(event.is_set());
    run(loop, wait_once(event));
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(Event, WakesItsWaitersInTheOrderTheyCame) {
    FakeLoop loop;
    Event event;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(note_when_set(event, order, 1));
        group.start(note_when_set(event, order, 2));
        group.start(note_when_set(event, order, 3));
        event.set();
        EXPECT_TRUE(order.empty()) << "set() posts waiters and does not resume them";
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Event, ClearedOneMakesTheNextWait) {
    FakeLoop loop;
    Event event;
    event.set();
    event.clear();
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(set_after(event, 4ms));
        co_await event.wait();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(loop.elapsed(), 4ms);
}

TEST(Event, WaitersWokenStayAwakeWhenItIsClearedAtOnce) {
    FakeLoop loop;
    Event event;
    const auto ending = ending_of(loop, event, Deadline::never(), [&](TaskGroup&) {
        event.set();
        event.clear();
    });
    EXPECT_EQ(ending, Ending::Set);
}

TEST(Event, SettingTwiceWakesOnce) {
    FakeLoop loop;
    Event event;
    const auto ending = ending_of(loop, event, Deadline::never(), [&](TaskGroup&) {
        event.set();
        event.set();
    });
    EXPECT_EQ(ending, Ending::Set);
    EXPECT_FALSE(loop.turn());
}

TEST(Event, IsCancelledWhenStopWasRequestedBefore) {
    FakeLoop loop;
    Event event;
    EXPECT_THROW(run(loop, wait_once(event), test::stopped()), Cancelled);
}

TEST(Event, IsCancelledWhileWaiting) {
    FakeLoop loop;
    Event event;
    test::StopAfter stop(loop, 2ms);
    EXPECT_THROW(run(loop, wait_once(event), stop.token()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 2ms);
}

TEST(Event, ACancelledWaiterLeavesTheOthersInOrder) {
    FakeLoop loop;
    Event event;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        TaskGroup doomed(context);
        group.start(note_when_set(event, order, 1));
        doomed.start(note_when_set(event, order, 2));
        group.start(note_when_set(event, order, 3));
        doomed.request_stop();
        event.set();
        co_await doomed.join();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, (std::vector<int>{1, 3}));
}

TEST(Event, SetThenStopInOneTurnIsSet) {
    FakeLoop loop;
    Event event;
    const auto ending = ending_of(loop, event, Deadline::never(), [&](TaskGroup& group) {
        event.set();
        group.request_stop();
    });
    EXPECT_EQ(ending, Ending::Set);
}

TEST(Event, StopThenSetInOneTurnIsStopped) {
    FakeLoop loop;
    Event event;
    const auto ending = ending_of(loop, event, Deadline::never(), [&](TaskGroup& group) {
        group.request_stop();
        event.set();
    });
    EXPECT_EQ(ending, Ending::Stopped);
}

TEST(EventWaitUntil, ReturnsTrueWhenSetInTime) {
    FakeLoop loop;
    Event event;
    auto body = [&]() -> Task<bool> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(set_after(event, 3ms));
        const bool set = co_await event.wait_until(Deadline(TimePoint() + 4ms));
        co_await group.join();
        co_return set;
    };
    EXPECT_TRUE(run(loop, body()));
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 3ms) << "the timer of the deadline was left behind";
}

TEST(EventWaitUntil, ReturnsFalseAtTheDeadline) {
    FakeLoop loop;
    Event event;
    const Deadline deadline(loop.now() + 4ms);
    EXPECT_EQ(ending_of(loop, event, deadline, [](TaskGroup&) {}), Ending::Late);
    EXPECT_EQ(loop.elapsed(), 4ms);
}

TEST(EventWaitUntil, ReturnsTrueForOneThatIsSetEvenAfterTheDeadline) {
    FakeLoop loop;
    Event event;
    event.set();
    const auto ending = ending_of(loop, event, Deadline(TimePoint::min()), [](TaskGroup&) {});
    EXPECT_EQ(ending, Ending::Set);
}

TEST(EventWaitUntil, SetBeforeTheDeadlineOfTheSameTurnIsSet) {
    FakeLoop loop;
    Event event;
    const Deadline now(loop.now());
    EXPECT_EQ(ending_of(loop, event, now, [&](TaskGroup&) { event.set(); }), Ending::Set);
}

TEST(EventWaitUntil, SetAfterTheDeadlineOfTheSameTurnIsLate) {
    FakeLoop loop;
    Event event;
    std::optional<Ending> ending;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        // This task resumes before the waiter, in the turn in which the deadline expires.
        co_await yield_now();
        group.start(set_after(event, 0ms));
        group.start(note_ending(event, Deadline(TimePoint()), ending));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(ending, Ending::Late);
}

TEST(EventWaitUntil, StopBeforeTheDeadlineOfTheSameTurnIsStopped) {
    FakeLoop loop;
    Event event;
    const auto ending = ending_of(loop, event, Deadline(loop.now()),
                                  [](TaskGroup& group) { group.request_stop(); });
    EXPECT_EQ(ending, Ending::Stopped);
}

TEST(Event, HundredThousandWaitsOnOneThatIsSetDoNotDeepenTheStack) {
    FakeLoop loop;
    Event event;
    event.set();
    auto body = [&]() -> Task<void> {
        for (int i = 0; i < 100'000; ++i) {
            co_await event.wait();
        }
    };
    run(loop, body());
}

TEST(Event, TwoTasksPlayPingPongAHundredThousandTimes) {
    FakeLoop loop;
    Event ping;
    Event pong;
    int rallies = 0;
    auto play = [&](Event& mine, Event& theirs) -> Task<void> {
        for (int i = 0; i < 100'000; ++i) {
            co_await mine.wait();
            mine.clear();
            ++rallies;
            theirs.set();
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(play(ping, pong));
        group.start(play(pong, ping));
        ping.set();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(rallies, 200'000);
}

TEST(EventDeathTest, DyingWhileATaskWaitsStopsTheProgram) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        Event event;
        group.start(wait_once(event));
    };
    EXPECT_DEATH(run(loop, body()), "a primitive was destroyed while tasks wait on it");
}

}  // namespace
}  // namespace runnel
