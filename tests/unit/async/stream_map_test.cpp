#include "async/stream_map.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "async/run.hpp"
#include "support/fake_loop.hpp"
#include "support/streams.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::all_of;
using test::every;
using test::FakeLoop;
using test::numbers;
using test::StopAfter;

TEST(StreamMap, ReturnsTheValueOfAFunctionForEachItem) {
    FakeLoop loop;
    auto name = [](int number) { return std::to_string(number); };
    EXPECT_EQ(run(loop, all_of(map(from_range(numbers(3)), name))),
              (std::vector<std::string>{"0", "1", "2"}));
}

TEST(StreamMap, AwaitsTheTaskOfAFunctionOneAtATime) {
    FakeLoop loop;
    auto slowly = [](int number) { return test::value_after(1s, number + 1); };
    EXPECT_EQ(run(loop, all_of(map(from_range(numbers(3)), slowly))), (std::vector<int>{1, 2, 3}));
    EXPECT_EQ(loop.elapsed(), 3s);
}

TEST(StreamMap, StandsOnAnotherMap) {
    FakeLoop loop;
    auto next = [](int number) { return number + 1; };
    auto twice = [](int number) { return 2 * number; };
    EXPECT_EQ(run(loop, all_of(map(map(from_range(numbers(3)), next), twice))),
              (std::vector<int>{2, 4, 6}));
}

int fail_at_one(int number) {
    if (number == 1) {
        throw std::runtime_error("not this one");
    }
    return number;
}

TEST(StreamMap, GoesOnBehindAnItemWhoseFunctionFailed) {
    FakeLoop loop;
    AsyncStream<int> stream = map(from_range(numbers(3)), fail_at_one);
    EXPECT_EQ(run(loop, stream.next()), 0);
    EXPECT_THROW(run(loop, stream.next()), std::runtime_error);
    EXPECT_EQ(run(loop, stream.next()), 2);
    EXPECT_EQ(run(loop, stream.next()), std::nullopt);
}

TEST(StreamMap, LosesNoItemByAStopWhileItWaitsForOne) {
    FakeLoop loop;
    AsyncStream<int> stream = map(every(1h, 2), fail_at_one);
    const StopAfter stop(loop, 1s);
    EXPECT_THROW(run(loop, stream.next(), stop.token()), Cancelled);
    EXPECT_EQ(run(loop, stream.next()), 0);
}

TEST(StreamMap, LosesTheItemWhoseTaskWasStoppedAndNoOther) {
    FakeLoop loop;
    auto slowly = [](int number) { return test::value_after(1h, number); };
    AsyncStream<int> stream = map(from_range(numbers(2)), slowly);
    const StopAfter stop(loop, 1s);
    EXPECT_THROW(run(loop, stream.next(), stop.token()), Cancelled);
    EXPECT_EQ(run(loop, all_of(std::move(stream))), (std::vector<int>{1}));
}

TEST(StreamMap, ReturnsAHundredThousandItems) {
    FakeLoop loop;
    const std::vector<int> many = numbers(100'000);
    auto same = [](int number) { return number; };
    EXPECT_EQ(run(loop, all_of(map(from_range(many), same))), many);
    auto task = [](int number) { return test::value_now(number); };
    EXPECT_EQ(run(loop, all_of(map(from_range(many), task))), many);
}

}  // namespace
}  // namespace runnel
