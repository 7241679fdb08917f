#include "async/when_any.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
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
using test::slow_to_stop;
using test::tasks_of;
using test::value_after;
using test::value_now;

Task<Result<int>> answer_after(Duration span, Result<int> answer) {
    co_await sleep_for(span);
    co_return answer;
}

Result<int> no(int code) { return Error(ErrorClass::Connect, "no", code); }

/// Returns \a value although it was asked to stop.
Task<int> insist(int value) {
    try {
        co_await sleep_until(Deadline::never());
    } catch (const Cancelled&) {
        // Continues below.
    }
    co_return value;
}

Task<Result<int>> insist_on(Result<int> answer) {
    const int ignored = co_await insist(0);
    static_cast<void>(ignored);
    co_return answer;
}

Task<int> wait_for(Event& event, int value) {
    co_await event.wait();
    co_return value;
}

TEST(WhenAny, ReturnsTheFirstThatEndsAndStopsTheOthers) {
    FakeLoop loop;
    auto first = run(
        loop, when_any(tasks_of(value_after(5ms, 1), value_after(2ms, 2), value_after(9ms, 3))));
    EXPECT_EQ(first.index, 1U);
    EXPECT_EQ(first.outcome.get(), 2);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 2ms);
}

TEST(WhenAny, AnOnlyTaskWins) {
    FakeLoop loop;
    auto first = run(loop, when_any(tasks_of(value_after(1ms, 7))));
    EXPECT_EQ(first.index, 0U);
    EXPECT_EQ(first.outcome.get(), 7);
}

TEST(WhenAny, ATaskThatEndsAtOnceBeatsTheOthers) {
    FakeLoop loop;
    auto first = run(loop, when_any(tasks_of(value_after(1ms, 1), value_now(2), value_now(3))));
    EXPECT_EQ(first.index, 1U);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(WhenAny, WaitsForTheCleanupOfTheLosers) {
    FakeLoop loop;
    bool cleaned = false;
    bool cleaned_later = false;
    auto body = [&]() -> Task<int> {
        auto first =
            co_await when_any(tasks_of(slow_to_stop<int>(30ms, cleaned), value_after(2ms, 2),
                                       slow_to_stop<int>(70ms, cleaned_later)));
        EXPECT_TRUE(cleaned);
        EXPECT_TRUE(cleaned_later);
        co_return first.outcome.get();
    };
    EXPECT_EQ(run(loop, body()), 2);
    EXPECT_EQ(loop.elapsed(), 72ms);
}

TEST(WhenAny, AFailureCountsAsAnEnd) {
    FakeLoop loop;
    auto first = run(loop, when_any(tasks_of(value_after(5ms, 1), fail_after<int>(1ms, "no"))));
    EXPECT_EQ(first.index, 1U);
    EXPECT_THROW(first.outcome.get(), std::runtime_error);
    EXPECT_EQ(loop.elapsed(), 1ms);
}

TEST(WhenAny, AFailureOfALoserDoesNotHideTheWinner) {
    FakeLoop loop;
    auto loser = []() -> Task<int> {
        const int value = co_await insist(1);
        throw std::runtime_error("loser");
        co_return value;
    };
    auto first = run(loop, when_any(tasks_of(loser(), value_after(1ms, 2))));
    EXPECT_EQ(first.outcome.get(), 2);
}

TEST(WhenAny, AValueOfALoserDoesNotReplaceTheWinner) {
    FakeLoop loop;
    auto first = run(loop, when_any(tasks_of(insist(1), value_after(1ms, 2))));
    EXPECT_EQ(first.index, 1U);
    EXPECT_EQ(first.outcome.get(), 2);
}

TEST(WhenAny, ReturnsMoveOnlyValuesAndTasksWithoutOne) {
    FakeLoop loop;
    auto one = run(loop, when_any(tasks_of(value_after(1ms, std::make_unique<int>(4)))));
    EXPECT_EQ(*one.outcome.get(), 4);
    auto none = run(loop, when_any(tasks_of(test::done_after(1ms), test::done_after(2ms))));
    EXPECT_EQ(none.index, 0U);
    EXPECT_TRUE(none.outcome.ok());
}

TEST(WhenAny, PassesAStopOnAndWaitsForAll) {
    FakeLoop loop;
    bool cleaned = false;
    test::StopAfter stop(loop, 1ms);
    auto any = when_any(tasks_of(slow_to_stop<int>(5ms, cleaned), value_after(1s, 2)));
    EXPECT_THROW(run(loop, std::move(any), stop.token()), Cancelled);
    EXPECT_TRUE(cleaned);
    EXPECT_EQ(loop.elapsed(), 6ms);
}

TEST(WhenAny, IsCancelledWhenStopWasRequestedBefore) {
    FakeLoop loop;
    auto any = when_any(tasks_of(value_after(1s, 1), value_after(1s, 2)));
    EXPECT_THROW(run(loop, std::move(any), test::stopped()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(WhenAny, TwoThatAreSatisfiedInOneTurnGiveTheOneThatWaitedFirst) {
    FakeLoop loop;
    Event event;
    auto set = [&]() -> Task<int> {
        co_await yield_now();
        event.set();
        const int value = co_await insist(3);
        co_return value;
    };
    auto first = run(loop, when_any(tasks_of(wait_for(event, 1), wait_for(event, 2), set())));
    EXPECT_EQ(first.index, 0U);
    EXPECT_EQ(first.outcome.get(), 1);
}

TEST(WhenAny, LeavesNothingAlive) {
    FakeLoop loop;
    test::Census census;
    {
        auto first = run(loop, when_any(tasks_of(value_after(1ms, test::Counted(census, 1)),
                                                 value_now(test::Counted(census, 2)),
                                                 value_now(test::Counted(census, 3)))));
        EXPECT_EQ(first.outcome.get().value(), 2);
    }
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(WhenAny, TenThousandRacesDoNotDeepenTheStack) {
    FakeLoop loop;
    auto body = []() -> Task<int> {
        int sum = 0;
        for (int i = 0; i < 10'000; ++i) {
            auto first = co_await when_any(tasks_of(value_after(2ms, 5), value_after(1ms, 1)));
            sum += first.outcome.get();
        }
        co_return sum;
    };
    EXPECT_EQ(run(loop, body()), 10'000);
}

TEST(WhenAnyDeathTest, WithoutATaskStopsTheProgram) {
    FakeLoop loop;
    EXPECT_DEATH(run(loop, when_any(std::vector<Task<int>>())), "without a task");
}

TEST(FirstSuccess, PassesOverFailuresToTheFirstValue) {
    FakeLoop loop;
    const Result<int> answer =
        run(loop, first_success(tasks_of(answer_after(1ms, no(1)), answer_after(3ms, 30),
                                         answer_after(9ms, 90))));
    EXPECT_EQ(answer.value(), 30);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(FirstSuccess, WaitsForTheCleanupOfTheLosers) {
    FakeLoop loop;
    bool cleaned = false;
    auto body = [&]() -> Task<int> {
        const Result<int> answer = co_await first_success(
            tasks_of(slow_to_stop<Result<int>>(40ms, cleaned), answer_after(2ms, 2)));
        EXPECT_TRUE(cleaned);
        co_return answer.value();
    };
    EXPECT_EQ(run(loop, body()), 2);
    EXPECT_EQ(loop.elapsed(), 42ms);
}

TEST(FirstSuccess, WithoutAValueReturnsTheFailureThatCameLast) {
    FakeLoop loop;
    const Result<int> answer =
        run(loop, first_success(tasks_of(answer_after(1ms, no(1)), answer_after(3ms, no(3)),
                                         answer_after(2ms, no(2)))));
    EXPECT_EQ(answer.error().code(), 3);
    EXPECT_EQ(loop.elapsed(), 3ms);
}

TEST(FirstSuccess, AnAnswerOfALoserDoesNotReplaceTheWinner) {
    FakeLoop loop;
    const Result<int> answer =
        run(loop, first_success(tasks_of(insist_on(1), insist_on(no(2)), answer_after(1ms, 3))));
    EXPECT_EQ(answer.value(), 3);
}

TEST(FirstSuccess, AnExceptionStopsEverythingAndIsThrown) {
    FakeLoop loop;
    bool cleaned = false;
    auto race = first_success(
        tasks_of(slow_to_stop<Result<int>>(4ms, cleaned), fail_after<Result<int>>(1ms, "bug")));
    EXPECT_THROW(static_cast<void>(run(loop, std::move(race))), std::runtime_error);
    EXPECT_TRUE(cleaned);
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(FirstSuccess, PassesAStopOnAndWaitsForAll) {
    FakeLoop loop;
    bool cleaned = false;
    test::StopAfter stop(loop, 1ms);
    auto race = first_success(tasks_of(slow_to_stop<Result<int>>(4ms, cleaned)));
    EXPECT_THROW(static_cast<void>(run(loop, std::move(race), stop.token())), Cancelled);
    EXPECT_TRUE(cleaned);
}

TEST(FirstSuccess, ReturnsMoveOnlyValues) {
    FakeLoop loop;
    auto make = []() -> Task<Result<std::unique_ptr<int>>> {
        co_await yield_now();
        co_return std::make_unique<int>(6);
    };
    const auto answer = run(loop, first_success(tasks_of(make())));
    EXPECT_EQ(*answer.value(), 6);
}

TEST(FirstSuccess, ThrowsCancelledWhenNoTaskGaveAnAnswer) {
    FakeLoop loop;
    auto give_up = []() -> Task<Result<int>> {
        co_await yield_now();
        throw Cancelled();
    };
    EXPECT_THROW(static_cast<void>(run(loop, first_success(tasks_of(give_up())))), Cancelled);
}

TEST(FirstSuccessDeathTest, WithoutATaskStopsTheProgram) {
    FakeLoop loop;
    EXPECT_DEATH(static_cast<void>(run(loop, first_success(std::vector<Task<Result<int>>>()))),
                 "without a task");
}

}  // namespace
}  // namespace runnel
