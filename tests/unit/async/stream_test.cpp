#include "async/stream.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "async/event.hpp"
#include "async/timeout.hpp"
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
using test::stepping;
using test::StopAfter;

TEST(Stream, ReturnsTheItemsOfARangeInOrder) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, all_of(from_range(numbers(3)))), numbers(3));
    EXPECT_TRUE(run(loop, all_of(from_range(numbers(0)))).empty());
}

TEST(Stream, StaysAtItsEnd) {
    FakeLoop loop;
    AsyncStream<int> stream = from_range(numbers(1));
    EXPECT_EQ(run(loop, stream.next()), 0);
    EXPECT_EQ(run(loop, stream.next()), std::nullopt);
    EXPECT_EQ(run(loop, stream.next()), std::nullopt);
}

TEST(Stream, ReturnsMoveOnlyItems) {
    FakeLoop loop;
    std::vector<std::unique_ptr<int>> items;
    items.push_back(std::make_unique<int>(7));
    AsyncStream<std::unique_ptr<int>> stream = from_range(std::move(items));
    const std::optional<std::unique_ptr<int>> item = run(loop, stream.next());
    ASSERT_TRUE(item.has_value());
    EXPECT_EQ(**item, 7);
}

TEST(Stream, IsMadeOfACoroutineThatIsCalledForEachItem) {
    FakeLoop loop;
    auto count_down = [](int& left) -> Task<std::optional<std::string>> {
        co_await sleep_for(1s);
        if (left == 0) {
            co_return std::nullopt;
        }
        co_return std::to_string(left--);
    };
    EXPECT_EQ(run(loop, all_of(make_stream(3, count_down))),
              (std::vector<std::string>{"3", "2", "1"}));
    EXPECT_EQ(loop.elapsed(), 4s);
}

TEST(Stream, DoesNothingBeforeTheFirstNext) {
    FakeLoop loop;
    int asked = 0;
    auto count = [](int* calls) -> Task<std::optional<int>> { co_return ++*calls; };
    AsyncStream<int> stream = make_stream(&asked, count);
    EXPECT_EQ(asked, 0);
    run(loop, stream.next());
    EXPECT_EQ(asked, 1);
}

TEST(Stream, PassesAFailureThroughAndContinues) {
    FakeLoop loop;
    AsyncStream<int> stream = stepping({{0s, false}, {1s, true}, {1s, false}});
    EXPECT_EQ(run(loop, stream.next()), 0);
    EXPECT_THROW(run(loop, stream.next()), std::runtime_error);
    EXPECT_EQ(run(loop, stream.next()), 1);
    EXPECT_EQ(run(loop, stream.next()), std::nullopt);
}

TEST(Stream, LosesNoItemByAStop) {
    FakeLoop loop;
    AsyncStream<int> stream = every(1h, 2);
    const StopAfter stop(loop, 1s);
    EXPECT_THROW(run(loop, stream.next(), stop.token()), Cancelled);
    EXPECT_THROW(run(loop, stream.next(), test::stopped()), Cancelled);
    EXPECT_EQ(run(loop, all_of(std::move(stream))), numbers(2));
}

TEST(Stream, ReadsAQueueUntilItIsClosedAndEmpty) {
    FakeLoop loop;
    Queue<int> queue(2);
    auto body = [&]() -> Task<std::vector<int>> {
        const Context& context = co_await this_task::context();
        auto fill = [&]() -> Task<void> {
            for (int i = 0; i < 10; ++i) {
                const bool taken = co_await queue.put(i);
                EXPECT_TRUE(taken);
            }
            queue.close();
        };
        TaskGroup group(context);
        group.start(fill());
        std::vector<int> items = co_await all_of(from_queue(queue));
        co_await group.join();
        co_return items;
    };
    EXPECT_EQ(run(loop, body()), numbers(10));
}

TEST(Stream, LeavesTheItemInTheQueueWhenAStopComesFirst) {
    FakeLoop loop;
    Queue<int> queue(1);
    AsyncStream<int> stream = from_queue(queue);
    const StopAfter stop(loop, 1s);
    EXPECT_THROW(run(loop, stream.next(), stop.token()), Cancelled);
    EXPECT_TRUE(queue.try_put(1));
    EXPECT_THROW(run(loop, stream.next(), stop.token()), Cancelled);
    EXPECT_EQ(run(loop, stream.next()), 1);
}

/// Puts an item into a queue and requests a stop in the same turn, in either order.
void expect_an_item_in_the_turn_of_a_stop(bool item_first, std::optional<int> expected) {
    FakeLoop loop;
    Queue<int> queue(1);
    AsyncStream<int> stream = from_queue(queue);
    std::stop_source stop;
    std::optional<int> got;
    auto read = [&]() -> Task<void> {
        try {
            got = co_await stream.next();
        } catch (const Cancelled&) {
            // Recorded in `got`.
        }
    };
    loop.call_from_thread([&] {
        if (!item_first) {
            stop.request_stop();
        }
        EXPECT_TRUE(queue.try_put(7));
        stop.request_stop();
    });
    run(loop, read(), stop.get_token());
    EXPECT_EQ(got, expected);
    EXPECT_EQ(got.has_value() ? 0U : 1U, queue.size());
}

TEST(Stream, ReturnsAnItemThatCameBeforeAStopInTheSameTurn) {
    expect_an_item_in_the_turn_of_a_stop(true, 7);
}

TEST(Stream, LeavesAnItemThatCameAfterAStopInTheSameTurn) {
    expect_an_item_in_the_turn_of_a_stop(false, std::nullopt);
}

TEST(Stream, IsOverWhenItWasClosed) {
    FakeLoop loop;
    AsyncStream<int> stream = from_range(numbers(3));
    EXPECT_EQ(run(loop, stream.next()), 0);
    run(loop, stream.close());
    EXPECT_EQ(run(loop, stream.next()), std::nullopt);
    run(loop, stream.close());
}

TEST(Stream, ReturnsAHundredThousandItems) {
    FakeLoop loop;
    const std::vector<int> many = numbers(100'000);
    EXPECT_EQ(run(loop, all_of(from_range(many))), many);
    Queue<int> queue(100'000);
    for (int number : many) {
        ASSERT_TRUE(queue.try_put(std::move(number)));
    }
    queue.close();
    EXPECT_EQ(run(loop, all_of(from_queue(queue))), many);
    EXPECT_EQ(run(loop, all_of(every(1ms, 100'000))), many);
}

}  // namespace
}  // namespace runnel
