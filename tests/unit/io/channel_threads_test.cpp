#include "async/channel.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "async/task_group.hpp"
#include "io/loop.hpp"
#include "support/co_assert.hpp"

// Tests a Channel of async/ between real threads and a real loop.

namespace runnel {
namespace {

using namespace std::chrono_literals;

constexpr int kMillion = 1'000'000;

Task<void> put_up_to(Channel<int>& channel, int count) {
    for (int i = 0; i < count; ++i) {
        int item = i;
        const bool taken = co_await channel.tasks().put(std::move(item));
        CO_ASSERT_TRUE(taken);
    }
}

Task<void> get_all(Channel<int>& channel, std::vector<int>& items) {
    while (const std::optional<int> item = co_await channel.tasks().get()) {
        items.push_back(*item);
    }
}

Task<void> put_all_and_close(Channel<int>& channel, int count) {
    co_await put_up_to(channel, count);
    channel.tasks().close();
}

std::vector<int> numbers_to(int count) {
    std::vector<int> numbers(static_cast<std::size_t>(count));
    std::iota(numbers.begin(), numbers.end(), 0);
    return numbers;
}

TEST(ChannelThreads, AMillionItemsFromAThreadToATask) {
    Loop loop;
    Channel<int> channel(loop, 256);
    std::vector<int> items;
    std::thread producer([&] {
        for (int i = 0; i < kMillion; ++i) {
            int item = i;
            ASSERT_TRUE(channel.threads().put(std::move(item)));
        }
        channel.threads().close();
    });
    run(loop, get_all(channel, items));
    producer.join();
    EXPECT_TRUE(items == numbers_to(kMillion));
}

TEST(ChannelThreads, AMillionItemsFromATaskToAThread) {
    Loop loop;
    Channel<int> channel(loop, 256);
    std::vector<int> items;
    std::thread consumer([&] {
        while (const std::optional<int> item = channel.threads().get()) {
            items.push_back(*item);
        }
    });
    run(loop, put_all_and_close(channel, kMillion));
    consumer.join();
    EXPECT_TRUE(items == numbers_to(kMillion));
}

TEST(ChannelThreads, TenThousandItemsOneByOneEachWay) {
    Loop loop;
    Channel<int> there(loop, 1);
    Channel<int> back(loop, 1);
    std::thread echo([&] {
        while (std::optional<int> item = there.threads().get()) {
            ASSERT_TRUE(back.threads().put(std::move(*item)));
        }
    });
    int correct = 0;
    auto body = [&]() -> Task<void> {
        for (int i = 0; i < 10'000; ++i) {
            int item = i;
            const bool taken = co_await there.tasks().put(std::move(item));
            CO_ASSERT_TRUE(taken);
            const std::optional<int> answer = co_await back.tasks().get();
            correct += answer == i ? 1 : 0;
        }
        there.tasks().close();
    };
    run(loop, body());
    echo.join();
    EXPECT_EQ(correct, 10'000);
}

TEST(ChannelThreads, TwoThreadsAndTwoTasksOnEachSideGetEveryItemOnce) {
    constexpr int kEach = 50'000;
    Loop loop;
    Channel<int> channel(loop, 16);
    std::atomic<int> putting = 4;
    const auto one_has_put = [&] {
        if (--putting == 0) {
            channel.threads().close();
        }
    };
    auto produce = [&](int first) -> Task<void> {
        for (int i = first; i < first + kEach; ++i) {
            int item = i;
            const bool taken = co_await channel.tasks().put(std::move(item));
            CO_ASSERT_TRUE(taken);
        }
        one_has_put();
    };
    std::vector<std::vector<int>> got(4);
    std::vector<std::thread> threads;
    for (int t = 0; t < 2; ++t) {
        threads.emplace_back([&, first = t * kEach] {
            for (int i = first; i < first + kEach; ++i) {
                int item = i;
                ASSERT_TRUE(channel.threads().put(std::move(item)));
            }
            one_has_put();
        });
        threads.emplace_back([&, t] {
            while (const std::optional<int> item = channel.threads().get()) {
                got[static_cast<std::size_t>(t)].push_back(*item);
            }
        });
    }
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get_all(channel, got[2]));
        group.start(get_all(channel, got[3]));
        group.start(produce(2 * kEach));
        group.start(produce(3 * kEach));
        co_await group.join();
    };
    run(loop, body());
    for (std::thread& thread : threads) {
        thread.join();
    }
    std::vector<int> all;
    for (const std::vector<int>& items : got) {
        all.insert(all.end(), items.begin(), items.end());
    }
    std::sort(all.begin(), all.end());
    EXPECT_TRUE(all == numbers_to(4 * kEach));
    EXPECT_TRUE(channel.threads().drained());
}

TEST(ChannelThreads, AThreadWaitsForSpaceAndForAnItem) {
    Loop loop;
    Channel<std::string> channel(loop, 1);
    std::string item = "first";
    EXPECT_TRUE(channel.threads().put(std::move(item)));
    std::string second = "second";
    EXPECT_FALSE(channel.threads().put(std::move(second), 1ms));
    EXPECT_EQ(second, "second") << "a failed put must leave the item";
    std::thread producer([&] { EXPECT_TRUE(channel.threads().put(std::move(second), 1h)); });
    EXPECT_EQ(channel.threads().get(1h), "first");
    EXPECT_EQ(channel.threads().get(1h), "second");
    producer.join();
    const TimePoint start = Clock::now();
    EXPECT_EQ(channel.threads().get(5ms), std::nullopt);
    EXPECT_GE(Clock::now() - start, 5ms);
    EXPECT_FALSE(channel.threads().drained()) << "the wait must have timed out";
}

TEST(ChannelThreads, CloseWakesWaitingThreads) {
    Loop loop;
    Channel<int> empty(loop, 1);
    Channel<int> full(loop, 1);
    EXPECT_TRUE(full.threads().put(1));
    std::thread getter([&] { EXPECT_EQ(empty.threads().get(), std::nullopt); });
    std::thread putter([&] { EXPECT_FALSE(full.threads().put(2)); });
    empty.tasks().close();
    full.tasks().close();
    getter.join();
    putter.join();
    EXPECT_EQ(full.threads().get(), 1);
}

TEST(ChannelThreads, DestructionWakesWaitingThreads) {
    Loop loop;
    std::optional<Channel<int>> channel(std::in_place, loop, 1);
    std::atomic<bool> inside = false;
    std::thread getter([&inside, side = channel->threads()]() mutable {
        inside = true;
        EXPECT_EQ(side.get(), std::nullopt);
    });
    while (!inside) {
        std::this_thread::yield();
    }
    channel.reset();
    getter.join();
}

}  // namespace
}  // namespace runnel
