#include "async/stream_batches.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "async/run.hpp"
#include "async/shield.hpp"
#include "async/stream_map.hpp"
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

using Batch = std::vector<int>;
using Batches = std::vector<Batch>;

Task<Batches> batches_of(AsyncStream<int> stream, std::size_t size, Duration max_wait) {
    const Context& context = co_await this_task::context();
    Batches all = co_await all_of(batches(context, std::move(stream), size, max_wait));
    co_return all;
}

TEST(StreamBatches, HaveTheirSizeAndTheEndFlushesTheRestAtOnce) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, batches_of(from_range(numbers(5)), 2, 1h)), (Batches{{0, 1}, {2, 3}, {4}}));
    EXPECT_EQ(loop.elapsed(), 0s);
}

TEST(StreamBatches, OfNothingAreNone) {
    FakeLoop loop;
    EXPECT_TRUE(run(loop, batches_of(from_range(numbers(0)), 2, 1h)).empty());
}

TEST(StreamBatches, AreSmallerWhenTheMaximumWaitIsOver) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, batches_of(every(4s, 5), 10, 10s)), (Batches{{0, 1, 2}, {3, 4}}));
    EXPECT_EQ(loop.elapsed(), 20s);
}

TEST(StreamBatches, CountTheMaximumWaitFromTheFirstItem) {
    FakeLoop loop;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<Batch> stream = batches(context, stepping({{1h, false}, {1h, false}}), 2, 1s);
        std::optional<Batch> batch = co_await stream.next();
        EXPECT_EQ(batch, Batch{0});
        EXPECT_EQ(loop.elapsed(), 1h + 1s);
        co_await sleep_for(2h);
        batch = co_await stream.next();
        EXPECT_EQ(batch, Batch{1});
        EXPECT_EQ(loop.elapsed(), 3h + 1s);
        co_await stream.close();
    };
    run(loop, body());
}

TEST(StreamBatches, WithoutAWaitReturnWhatIsThere) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, batches_of(every(1s, 2), 10, 0s)), (Batches{{0}, {1}}));
}

TEST(StreamBatches, CollectOneMoreWhileTheReaderIsBusy) {
    FakeLoop loop;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<Batch> stream = batches(context, every(1s, 100), 3, 1h);
        std::optional<Batch> batch = co_await stream.next();
        EXPECT_EQ(loop.elapsed(), 3s);
        co_await sleep_for(1h);
        batch = co_await stream.next();
        EXPECT_EQ(batch, (Batch{3, 4, 5}));
        EXPECT_EQ(loop.elapsed(), 1h + 3s);
        batch = co_await stream.next();
        EXPECT_EQ(batch, (Batch{6, 7, 8}));
        EXPECT_EQ(loop.elapsed(), 1h + 6s);
        co_await stream.close();
    };
    run(loop, body());
}

TEST(StreamBatches, GiveWhatCameBeforeAFailureThenTheFailureThenGoOn) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<Batch> stream =
            batches(context, stepping({{0s, false}, {0s, true}, {0s, false}}), 5, 1h);
        std::optional<Batch> batch = co_await stream.next();
        EXPECT_EQ(batch, Batch{0});
        bool failed = false;
        try {
            co_await stream.next();
        } catch (const std::runtime_error&) {
            failed = true;
        }
        EXPECT_TRUE(failed);
        batch = co_await stream.next();
        EXPECT_EQ(batch, Batch{1});
        batch = co_await stream.next();
        EXPECT_EQ(batch, std::nullopt);
    };
    run(loop, body());
}

TEST(StreamBatches, LoseNothingWhenTheReaderIsStopped) {
    FakeLoop loop;
    auto body = [&]() -> Task<Batches> {
        const Context& context = co_await this_task::context();
        AsyncStream<Batch> stream = batches(context, every(1min, 5), 10, 1h);
        const Deadline soon = Deadline::after(loop.now(), 150s);
        const auto stopped = co_await timeout(stream.next(), soon);
        EXPECT_FALSE(stopped.has_value());
        Batches rest = co_await all_of(std::move(stream));
        co_return rest;
    };
    EXPECT_EQ(run(loop, body()), (Batches{{0, 1, 2, 3, 4}}));
}

/// A program that must deliver the last batch after a stop request.
TEST(StreamBatches, GiveUnderAShieldWhatWasCollectedBeforeTheStop) {
    FakeLoop loop;
    std::optional<Batch> last;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<Batch> stream = batches(context, every(1min, 5), 10, 1h);
        bool stopped = false;
        try {
            co_await stream.next();
        } catch (const Cancelled&) {
            stopped = true;
        }
        EXPECT_TRUE(stopped);
        last = co_await shield(stream.next());
        co_await stream.close();
    };
    const StopAfter stop(loop, 150s);
    run(loop, body(), stop.token());
    EXPECT_EQ(last, (Batch{0, 1}));
}

TEST(StreamBatches, ThrowAgainWhenNothingWasCollectedBeforeTheStop) {
    FakeLoop loop;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<Batch> stream = batches(context, every(1min, 5), 10, 1h);
        co_await shield(stream.next());
    };
    EXPECT_THROW(run(loop, body(), test::stopped()), Cancelled);
}

/// An item and a stop in the same turn: the item stays in the batch.
TEST(StreamBatches, KeepAnItemThatCameInTheTurnOfAStop) {
    FakeLoop loop;
    Queue<int> queue(2);
    std::optional<Batch> last;
    std::stop_source stop;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        AsyncStream<Batch> stream = batches(context, from_queue(queue), 2, 1h);
        try {
            co_await stream.next();
        } catch (const Cancelled&) {
            // The batch is requested below.
        }
        last = co_await shield(stream.next());
        co_await stream.close();
    };
    loop.call_from_thread([&] {
        EXPECT_TRUE(queue.try_put(7));
        stop.request_stop();
    });
    run(loop, body(), stop.get_token());
    EXPECT_EQ(last, Batch{7});
}

TEST(StreamBatches, StandUnderAMap) {
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        auto size = [](const Batch& batch) { return batch.size(); };
        AsyncStream<std::size_t> sizes = map(batches(context, from_range(numbers(5)), 2, 1h), size);
        const std::vector<std::size_t> all = co_await all_of(std::move(sizes));
        EXPECT_EQ(all, (std::vector<std::size_t>{2, 2, 1}));
    };
    run(loop, body());
}

TEST(StreamBatches, OfAHundredThousandItems) {
    FakeLoop loop;
    auto flat = [](const Batches& all) {
        Batch items;
        for (const Batch& batch : all) {
            items.insert(items.end(), batch.begin(), batch.end());
        }
        return items;
    };
    const Batch many = numbers(100'000);
    EXPECT_EQ(flat(run(loop, batches_of(from_range(many), 7, 1s))), many);
    EXPECT_EQ(flat(run(loop, batches_of(every(300ms, 100'000), 7, 1s))), many);
}

}  // namespace
}  // namespace runnel
