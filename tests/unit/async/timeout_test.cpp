#include "async/timeout.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "async/event.hpp"
#include "async/semaphore.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::value_after;
using test::value_now;

Deadline at(Duration span) { return Deadline(TimePoint() + span); }

Task<int> wait_for(Event& event) {
    co_await event.wait();
    co_return 1;
}

Task<void> wait_at_most(Event& event, Deadline deadline, std::optional<int>& value) {
    value = co_await timeout(wait_for(event), deadline);
}

/// Returns \a value although it was asked to stop.
Task<int> insist(int value) {
    try {
        co_await sleep_until(Deadline::never());
    } catch (const Cancelled&) {
        // Continues below.
    }
    co_return value;
}

TEST(Timeout, ReturnsAValueThatCameInTime) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, timeout(value_after(3ms, 1), at(5ms))), 1);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 3ms) << "the timer of the deadline was left behind";
}

TEST(Timeout, ReturnsNulloptAtTheDeadline) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, timeout(value_after(1s, 1), at(5ms))), std::nullopt);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 5ms) << "the timer of the task was left behind";
}

TEST(Timeout, ReturnsWhetherATaskWithoutAValueWasInTime) {
    FakeLoop loop;
    EXPECT_TRUE(run(loop, timeout(test::done_after(1ms), at(2ms))));
    EXPECT_FALSE(run(loop, timeout(test::done_after(1s), at(3ms))));
}

TEST(Timeout, ReturnsMoveOnlyValues) {
    FakeLoop loop;
    const auto value = run(loop, timeout(value_after(1ms, std::make_unique<int>(3)), at(2ms)));
    EXPECT_EQ(**value, 3);
}

TEST(Timeout, NeverMeansNoLimit) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, timeout(value_after(1h, 1), Deadline::never())), 1);
}

TEST(Timeout, ADeadlineThatHasPassedSparesATaskThatEndsAtOnce) {
    FakeLoop loop;
    const Deadline passed(TimePoint::min());
    EXPECT_EQ(run(loop, timeout(value_now(1), passed)), 1);
    EXPECT_EQ(run(loop, timeout(value_after(1s, 1), passed)), std::nullopt);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(Timeout, WaitsForATaskThatNeedsTimeToStop) {
    FakeLoop loop;
    bool cleaned = false;
    EXPECT_EQ(run(loop, timeout(test::slow_to_stop<int>(30ms, cleaned), at(5ms))), std::nullopt);
    EXPECT_TRUE(cleaned);
    EXPECT_EQ(loop.elapsed(), 35ms);
}

TEST(Timeout, KeepsAValueThatCameDespiteTheStop) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, timeout(insist(4), at(1ms))), 4);
}

TEST(Timeout, ThrowsWhatTheTaskThrows) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, timeout(test::fail_after<int>(1ms, "no"), at(2ms))), std::runtime_error);
    EXPECT_THROW(run(loop, timeout(test::fail_after<void>(1ms, "no"), at(1s))), std::runtime_error);
}

TEST(Timeout, ThrowsWhatTheTaskThrewWhenItWasAskedToStop) {
    FakeLoop loop;
    auto fail = []() -> Task<int> {
        const int value = co_await insist(1);
        throw std::runtime_error("cleanup");
        co_return value;
    };
    EXPECT_THROW(run(loop, timeout(fail(), at(2ms))), std::runtime_error);
}

TEST(Timeout, ATaskThatCancelsItselfBeforeTheDeadlineIsCancelledAndNotLate) {
    FakeLoop loop;
    auto give_up = []() -> Task<int> {
        co_await yield_now();
        throw Cancelled();
    };
    EXPECT_THROW(run(loop, timeout(give_up(), at(2ms))), Cancelled);
}

TEST(Timeout, AValueBeforeTheDeadlineOfTheSameTurnIsKept) {
    FakeLoop loop;
    Event event;
    std::optional<int> value;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(wait_at_most(event, at(0ms), value));
        event.set();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(value, 1);
}

TEST(Timeout, AValueAfterTheDeadlineOfTheSameTurnIsTooLate) {
    FakeLoop loop;
    Event event;
    std::optional<int> value;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(wait_at_most(event, at(0ms), value));
        co_await yield_now();
        event.set();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(value, std::nullopt);
}

TEST(Timeout, APermitHandedOverInTheTurnOfTheDeadlineIsKept) {
    FakeLoop loop;
    Semaphore semaphore(1);
    std::optional<Permit> got;
    auto acquire = [&]() -> Task<Permit> {
        Permit permit = co_await semaphore.acquire();
        co_return permit;
    };
    auto limited = [&]() -> Task<void> { got = co_await timeout(acquire(), at(0ms)); };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        Permit held = semaphore.try_acquire();
        group.start(limited());
        held.release();
        co_await group.join();
    };
    run(loop, body());
    ASSERT_TRUE(got.has_value());
    EXPECT_TRUE(*got);
    got.reset();
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Timeout, AStopFromOutsideIsCancelledAndNotLate) {
    FakeLoop loop;
    bool cleaned = false;
    test::StopAfter stop(loop, 2ms);
    auto limited = timeout(test::slow_to_stop<int>(9ms, cleaned), at(5ms));
    EXPECT_THROW(run(loop, std::move(limited), stop.token()), Cancelled);
    EXPECT_TRUE(cleaned) << "and the deadline passed during the cleanup";
    EXPECT_EQ(loop.elapsed(), 11ms);
}

TEST(Timeout, IsCancelledWhenStopWasRequestedBefore) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, timeout(value_after(1s, 1), at(5ms)), test::stopped()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(Timeout, TheShorterOfTwoNestedOnesEnds) {
    FakeLoop loop;
    auto outer_ends = timeout(timeout(value_after(1s, 1), at(9ms)), at(3ms));
    EXPECT_EQ(run(loop, std::move(outer_ends)), std::nullopt);
    EXPECT_EQ(loop.elapsed(), 3ms);
    auto inner_ends = run(loop, timeout(timeout(value_after(1s, 1), at(5ms)), at(20ms)));
    ASSERT_TRUE(inner_ends.has_value());
    EXPECT_FALSE(inner_ends->has_value());
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(Timeout, LeavesNothingAlive) {
    FakeLoop loop;
    test::Census census;
    { const auto never_started = timeout(value_now(test::Counted(census)), at(1ms)); }
    run(loop, timeout(value_after(1ms, test::Counted(census)), at(2ms)));
    run(loop, timeout(value_after(1s, test::Counted(census)), at(3ms)));
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(Timeout, AHundredThousandDoNotDeepenTheStack) {
    FakeLoop loop;
    auto body = []() -> Task<int> {
        int sum = 0;
        for (int i = 0; i < 50'000; ++i) {
            const std::optional<int> now = co_await timeout(value_now(1), at(1h));
            const std::optional<int> later = co_await timeout(value_after(1us, 1), at(1h));
            sum += now.value_or(0) + later.value_or(0);
        }
        co_return sum;
    };
    EXPECT_EQ(run(loop, body()), 100'000);
}

}  // namespace
}  // namespace runnel
