#include "async/stream_buffered.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

#include "async/run.hpp"
#include "async/stream_map.hpp"
#include "async/timeout.hpp"
#include "support/fake_loop.hpp"
#include "support/streams.hpp"
#include "support/tasks.hpp"
#include "support/warnings.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::all_of;
using test::every;
using test::FakeLoop;
using test::numbers;
using test::StopAfter;

/// The function of the buffered streams under test: sleeps for a span per number and counts how
/// many sleep concurrently.
struct Sleepers {
    int now = 0;
    int most = 0;
    int begun = 0;
    int stopped = 0;

    Task<int> sleep(int number, Duration span) {
        ++begun;
        most = std::max(most, ++now);
        try {
            co_await sleep_for(span);
        } catch (const Cancelled&) {
            --now;
            ++stopped;
            throw;
        }
        --now;
        co_return number;
    }
};

/// The numbers 0 to 3, each of which sleeps for less than the one before.
auto shorter_and_shorter(Sleepers& sleepers) {
    return [&sleepers](int number) { return sleepers.sleep(number, (4 - number) * 1s); };
}
auto one_second_each(Sleepers& sleepers) {
    return [&sleepers](int number) { return sleepers.sleep(number, 1s); };
}

/// Returns the values for 0 to \a count - 1.
template <class Function>
Task<std::vector<int>> in_order(int count, std::size_t at_once, Function function) {
    const Context& context = co_await this_task::context();
    std::vector<int> all = co_await all_of(
        buffered(context, from_range(numbers(count)), at_once, std::move(function)));
    co_return all;
}
template <class Function>
Task<std::vector<int>> as_they_end(int count, std::size_t at_once, Function function) {
    const Context& context = co_await this_task::context();
    std::vector<int> all = co_await all_of(
        buffer_unordered(context, from_range(numbers(count)), at_once, std::move(function)));
    co_return all;
}

TEST(Buffered, ReturnsValuesInTheOrderOfTheItems) {
    FakeLoop loop;
    Sleepers sleepers;
    EXPECT_EQ(run(loop, in_order(4, 4, shorter_and_shorter(sleepers))), numbers(4));
    EXPECT_EQ(loop.elapsed(), 4s);
    EXPECT_EQ(sleepers.most, 4);
}

TEST(BufferUnordered, ReturnsValuesAsTheTasksEnd) {
    FakeLoop loop;
    Sleepers sleepers;
    EXPECT_EQ(run(loop, as_they_end(4, 4, shorter_and_shorter(sleepers))),
              (std::vector<int>{3, 2, 1, 0}));
    EXPECT_EQ(loop.elapsed(), 4s);
}

TEST(Buffered, RunsAtMostConcurrencyTasks) {
    FakeLoop loop;
    Sleepers sleepers;
    EXPECT_EQ(run(loop, in_order(10, 3, one_second_each(sleepers))), numbers(10));
    EXPECT_EQ(sleepers.most, 3);
    EXPECT_EQ(loop.elapsed(), 4s);
}

TEST(BufferUnordered, RunsAtMostConcurrencyTasks) {
    FakeLoop loop;
    Sleepers sleepers;
    EXPECT_EQ(run(loop, as_they_end(10, 3, one_second_each(sleepers))), numbers(10));
    EXPECT_EQ(sleepers.most, 3);
    EXPECT_EQ(loop.elapsed(), 4s);
}

TEST(Buffered, RunsTheTasksOfAStreamOfTasks) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<Task<int>> tasks = from_range(
            test::tasks_of(test::value_after(2s, 0), test::value_now(1), test::value_after(1s, 2)));
        const std::vector<int> all = co_await all_of(buffered(context, std::move(tasks), 2));
        EXPECT_EQ(all, numbers(3));
    };
    run(loop, body());
    // The one that ended at once waited for its turn, and the third for a slot.
    EXPECT_EQ(loop.elapsed(), 3s);
}

TEST(Buffered, ReturnsAValueWhileTheSourceMakesItWait) {
    FakeLoop loop;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        auto at_once = [](int number) { return test::value_now(number); };
        AsyncStream<int> values = buffered(context, every(1h, 2), 2, at_once);
        const std::optional<int> first = co_await values.next();
        EXPECT_EQ(first, 0);
        EXPECT_EQ(loop.elapsed(), 1h);
        const std::optional<int> second = co_await values.next();
        EXPECT_EQ(second, 1);
        const std::optional<int> none = co_await values.next();
        EXPECT_EQ(none, std::nullopt);
    };
    run(loop, body());
}

TEST(Buffered, PullsNothingWhileAllSlotsAreTaken) {
    FakeLoop loop;
    Sleepers sleepers;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<int> values =
            buffered(context, from_range(numbers(10)), 2, one_second_each(sleepers));
        EXPECT_EQ(sleepers.begun, 0);
        const std::optional<int> first = co_await values.next();
        EXPECT_EQ(first, 0);
        co_await sleep_for(1h);
        EXPECT_EQ(sleepers.begun, 3);
        co_await values.close();
    };
    run(loop, body());
}

/// Number 1 fails, and number 3 takes much longer than the others.
Task<int> fail_second(int number) {
    const Duration span = number == 3 ? 1h : 1s;
    co_await sleep_for(span);
    if (number == 1) {
        throw std::runtime_error("the second failed");
    }
    co_return number;
}

TEST(Buffered, ThrowsAFailureInItsTurnAndContinuesAfterTheStoppedTasks) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<int> values = buffered(context, from_range(numbers(6)), 4, fail_second);
        const std::optional<int> first = co_await values.next();
        EXPECT_EQ(first, 0);
        std::string failure;
        try {
            co_await values.next();
        } catch (const std::runtime_error& error) {
            failure = error.what();
        }
        EXPECT_EQ(failure, "the second failed");
        // 2 had ended and is kept; 3, and 4 in the slot of 0, were running and were stopped.
        const std::vector<int> rest = co_await all_of(std::move(values));
        EXPECT_EQ(rest, (std::vector<int>{2, 5}));
    };
    run(loop, body());
}

TEST(Buffered, TakesNoFurtherItemWhenItThrowsAFailure) {
    FakeLoop loop;
    auto body = []() -> Task<std::vector<int>> {
        const Context& context = co_await this_task::context();
        auto fail_first = [](int number) {
            return number == 0 ? test::fail_after<int>(1s, "the first") : fail_second(number + 1);
        };
        AsyncStream<int> values = buffered(context, from_range(numbers(3)), 1, fail_first);
        try {
            co_await values.next();
            ADD_FAILURE() << "the failure was lost";
        } catch (const std::runtime_error&) {
            // The rest is requested below.
        }
        std::vector<int> rest = co_await all_of(std::move(values));
        co_return rest;
    };
    EXPECT_EQ(run(loop, body()), (std::vector<int>{2, 3}));
}

TEST(Buffered, ThrowsAFailureOfTheFunctionItself) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        auto refuse = [](int) -> Task<int> { throw std::logic_error("no task for it"); };
        AsyncStream<int> values = buffered(context, from_range(numbers(1)), 3, refuse);
        co_await values.next();
    };
    EXPECT_THROW(run(loop, body()), std::logic_error);
}

TEST(Buffered, ThrowsAFailureOfTheSourceAfterEarlierValues) {
    FakeLoop loop;
    std::vector<int> seen;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        auto slowly = [](int number) { return test::value_after(1s, number); };
        AsyncStream<int> values =
            buffered(context, test::stepping({{0s, false}, {0s, false}, {0s, true}, {0s, false}}),
                     4, slowly);
        for (int turn = 0; turn < 2; ++turn) {
            try {
                while (std::optional<int> value = co_await values.next()) {
                    seen.push_back(*value);
                }
            } catch (const std::runtime_error&) {
                seen.push_back(-1);
            }
        }
    };
    run(loop, body());
    EXPECT_EQ(seen, (std::vector<int>{0, 1, -1, 2}));
}

TEST(Buffered, StopsItsTasksWithTheCallerAndWaitsForThem) {
    FakeLoop loop;
    Sleepers sleepers;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<int> values =
            buffered(context, from_range(numbers(4)), 2, one_second_each(sleepers));
        co_await values.next();
        ADD_FAILURE() << "the stop was lost";
    };
    const StopAfter stop(loop, 500ms);
    EXPECT_THROW(run(loop, body(), stop.token()), Cancelled);
    EXPECT_EQ(sleepers.stopped, 2);
    EXPECT_EQ(sleepers.now, 0);
}

TEST(Buffered, BeginsNothingWhenTheStopCameBefore) {
    FakeLoop loop;
    Sleepers sleepers;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<int> values =
            buffered(context, from_range(numbers(4)), 2, one_second_each(sleepers));
        co_await values.next();
    };
    EXPECT_THROW(run(loop, body(), test::stopped()), Cancelled);
    EXPECT_EQ(sleepers.begun, 0);
}

/// Only the reader is stopped: complete values are returned, running tasks are lost, the rest
/// follows.
TEST(Buffered, ContinuesAfterAStopOfTheReader) {
    FakeLoop loop;
    Sleepers sleepers;
    auto body = [&]() -> Task<std::vector<int>> {
        const Context& context = co_await this_task::context();
        auto span = [&](int number) { return sleepers.sleep(number, number == 1 ? 1s : 1h); };
        AsyncStream<int> values = buffered(context, from_range(numbers(4)), 2, span);
        const Deadline soon = Deadline::after(loop.now(), 1min);
        const auto first = co_await timeout(values.next(), soon);
        EXPECT_FALSE(first.has_value());
        std::vector<int> rest = co_await all_of(std::move(values));
        co_return rest;
    };
    EXPECT_EQ(run(loop, body()), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(sleepers.stopped, 1);
}

TEST(Buffered, IsStoppedByAFailureInAnAdapterAboveIt) {
    FakeLoop loop;
    Sleepers sleepers;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        auto refuse = [](int number) -> int { throw std::out_of_range(std::to_string(number)); };
        AsyncStream<int> values =
            map(buffered(context, from_range(numbers(9)), 3, one_second_each(sleepers)), refuse);
        co_await values.next();
    };
    EXPECT_THROW(run(loop, body()), std::out_of_range);
    EXPECT_EQ(sleepers.now, 0);
}

TEST(Buffered, ClosesEarlyWithItsInputStreams) {
    FakeLoop loop;
    Sleepers sleepers;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<int> below = buffered(context, every(1s, 100), 3, one_second_each(sleepers));
        auto again = [&](int number) { return sleepers.sleep(number, 1h); };
        AsyncStream<int> values = buffer_unordered(context, std::move(below), 2, again);
        const auto nothing = co_await timeout(values.next(), Deadline::after(loop.now(), 10s));
        EXPECT_FALSE(nothing.has_value());
        co_await values.close();
        EXPECT_EQ(sleepers.now, 0);
        const std::optional<int> none = co_await values.next();
        EXPECT_EQ(none, std::nullopt);
    };
    run(loop, body());
}

TEST(Buffered, ReturnsAHundredThousandValues) {
    FakeLoop loop;
    auto at_once = [](int number) { return test::value_now(number); };
    EXPECT_EQ(run(loop, in_order(100'000, 100, at_once)), numbers(100'000));
    auto later = [](int number) { return test::value_after(1ms * (number % 7), number); };
    EXPECT_EQ(run(loop, in_order(100'000, 100, later)), numbers(100'000));
}

TEST(BufferUnordered, ReturnsAHundredThousandValues) {
    FakeLoop loop;
    auto later = [](int number) { return test::value_after(1ms * (number % 7), number); };
    std::vector<int> all = run(loop, as_they_end(100'000, 100, later));
    EXPECT_NE(all, numbers(100'000));
    std::sort(all.begin(), all.end());
    EXPECT_EQ(all, numbers(100'000));
}

TEST(StreamBuffered, CloseReportsNoWarningForTasksThatNeverStarted) {
    const test::Warnings warnings;
    FakeLoop loop;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        std::vector<Task<int>> tasks;
        for (int i = 0; i < 5; ++i) {
            tasks.push_back(test::value_after(1s, i));
        }
        AsyncStream<int> values = buffered(context, from_range(std::move(tasks)), 2);
        const std::optional<int> first = co_await values.next();
        EXPECT_EQ(first, 0);
        co_await values.close();
    };
    run(loop, body());
    EXPECT_TRUE(warnings.all().empty());
}

}  // namespace
}  // namespace runnel
