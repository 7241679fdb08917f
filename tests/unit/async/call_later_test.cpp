#include "async/call_later.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <optional>
#include <vector>

#include "async/event.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

TEST(CallLater, RunsTheCallbackAtItsMomentOnce) {
    FakeLoop loop;
    std::vector<Duration> calls;
    const DelayedCall call = call_later(loop, 3s, [&] { calls.push_back(loop.elapsed()); });
    EXPECT_TRUE(call.pending());
    EXPECT_FALSE(call.called());
    loop.drain();
    EXPECT_EQ(calls, std::vector<Duration>{3s});
    EXPECT_TRUE(call.called());
    EXPECT_FALSE(call.pending());
}

TEST(CallLater, RunsThoseOfOneMomentInTheirOrder) {
    FakeLoop loop;
    std::vector<int> order;
    const DelayedCall later = call_later(loop, 2ms, [&] { order.push_back(3); });
    const DelayedCall first = call_later(loop, 1ms, [&] { order.push_back(1); });
    const DelayedCall second = call_later(loop, 1ms, [&] { order.push_back(2); });
    loop.drain();
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(CallLater, ASpanOfZeroOrLessIsTheNextTurn) {
    FakeLoop loop;
    int calls = 0;
    const DelayedCall zero = call_later(loop, 0ms, [&] { ++calls; });
    const DelayedCall past = call_later(loop, -1h, [&] { ++calls; });
    EXPECT_EQ(calls, 0);
    loop.turn();
    EXPECT_EQ(calls, 2);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(CallLater, ASpanTooLongForTheClockIsNeverInThePast) {
    FakeLoop loop;
    loop.call_from_thread([] {});
    const DelayedCall never = call_later(loop, Duration::max(), [] {});
    const DelayedCall soon = call_later(loop, 1ms, [] {});
    loop.turn();
    EXPECT_TRUE(soon.called());
    EXPECT_TRUE(never.pending());
}

TEST(CallLater, CancelDestroysTheCallback) {
    FakeLoop loop;
    test::Census census;
    DelayedCall call = call_later(
        loop, 1ms, [counted = test::Counted(census)] { ADD_FAILURE() << counted.value(); });
    EXPECT_EQ(census.live, 1);
    call.cancel();
    EXPECT_EQ(census.live, 0);
    EXPECT_FALSE(call.pending());
    EXPECT_FALSE(call.called());
    call.cancel();
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(CallLater, DroppingItCancelsIt) {
    FakeLoop loop;
    static_cast<void>(call_later(loop, 1ms, [] { ADD_FAILURE() << "it was dropped"; }));
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(CallLater, CancelAfterTheCallChangesNothing) {
    FakeLoop loop;
    DelayedCall call = call_later(loop, 1ms, [] {});
    loop.drain();
    call.cancel();
    EXPECT_TRUE(call.called());
}

TEST(CallLater, MovesWithoutBeingCalledTwice) {
    FakeLoop loop;
    int calls = 0;
    std::vector<DelayedCall> kept;
    for (int i = 0; i < 100; ++i) {
        kept.push_back(call_later(loop, 1ms, [&] { ++calls; }));
    }
    kept.erase(kept.begin(), kept.begin() + 50);
    loop.drain();
    EXPECT_EQ(calls, 50);
}

TEST(CallLater, TheCallbackMayDropItsOwner) {
    FakeLoop loop;
    test::Census census;
    int value = 0;
    std::optional<DelayedCall> call;
    call = call_later(loop, 1ms, [&, counted = test::Counted(census, 5)] {
        call.reset();
        value = counted.value();
    });
    loop.drain();
    EXPECT_EQ(value, 5);
    EXPECT_EQ(census.live, 0);
}

TEST(CallLater, TheCallbackMayArmTheNext) {
    FakeLoop loop;
    std::vector<Duration> calls;
    std::optional<DelayedCall> call;
    std::function<void()> tick = [&] {
        calls.push_back(loop.elapsed());
        if (calls.size() < 3) {
            call = call_later(loop, 1s, tick);
        }
    };
    call = call_later(loop, 1s, tick);
    loop.drain();
    EXPECT_EQ(calls, (std::vector<Duration>{1s, 2s, 3s}));
}

Task<void> wait_for(Event& event) { co_await event.wait(); }

TEST(CallLater, TheCallbackMayWakeATask) {
    FakeLoop loop;
    Event event;
    const DelayedCall call = call_later(loop, 7ms, [&] { event.set(); });
    run(loop, wait_for(event));
    EXPECT_EQ(loop.elapsed(), 7ms);
}

TEST(CallLater, MayOutliveTheLoopOnceItIsOver) {
    std::optional<FakeLoop> loop(std::in_place);
    const DelayedCall called = call_later(*loop, 1ms, [] {});
    DelayedCall cancelled = call_later(*loop, 1ms, [] {});
    cancelled.cancel();
    loop->drain();
    loop.reset();
    EXPECT_TRUE(called.called());
}

TEST(CallLater, HundredThousandTimes) {
    FakeLoop loop;
    int calls = 0;
    for (int i = 0; i < 100'000; ++i) {
        const DelayedCall call = call_later(loop, 1ms, [&] { ++calls; });
        DelayedCall other = call_later(loop, 1ms, [&] { ++calls; });
        other.cancel();
        loop.turn();
    }
    EXPECT_EQ(calls, 100'000);
}

}  // namespace
}  // namespace runnel
