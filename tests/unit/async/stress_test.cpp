// Random schedules in virtual time. Moments are few and coarse, so that completions, deadlines and
// stops often fall into the same turn.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "async/gather.hpp"
#include "async/lock.hpp"
#include "async/queue.hpp"
#include "async/semaphore.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "async/when_any.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using test::Census;
using test::Counted;
using test::FakeLoop;

class Dice {
public:
    explicit Dice(unsigned seed) : random_(seed) {}
    int below(int sides) { return std::uniform_int_distribution<int>(0, sides - 1)(random_); }
    bool one_in(int sides) { return below(sides) == 0; }
    Duration ms(int most) { return std::chrono::milliseconds(below(most + 1)); }

private:
    std::mt19937 random_;
};

/// Items that pass through a queue; each must arrive exactly once.
struct Traffic {
    explicit Traffic(std::size_t capacity) : queue(capacity) {}
    Queue<int> queue;
    int next = 0;
    std::vector<int> accepted;
    std::vector<int> got;
};

Task<void> produce(Traffic& traffic, Dice& dice, int count) {
    for (int i = 0; i < count; ++i) {
        co_await sleep_for(dice.ms(3));
        const int item = traffic.next++;
        bool taken = false;
        if (dice.one_in(3)) {
            int offered = item;
            taken = traffic.queue.try_put(std::move(offered));
        } else {
            taken = co_await traffic.queue.put(item);
        }
        if (taken) {
            traffic.accepted.push_back(item);
        }
    }
}

Task<void> consume(Traffic& traffic, const Scheduler& clock, Dice& dice) {
    while (!traffic.queue.closed() || traffic.queue.size() > 0) {
        const Deadline deadline(clock.now() + dice.ms(3));
        const std::optional<int> item = co_await traffic.queue.get_until(deadline);
        if (item) {
            traffic.got.push_back(*item);
        } else {
            co_await sleep_for(dice.ms(2));
        }
    }
}

/// A consumer that is asked to stop at the moment of some item or deadline.
Task<void> consume_for(Traffic& traffic, const Scheduler& clock, Dice& dice, Duration span) {
    const Deadline deadline(clock.now() + span);
    static_cast<void>(co_await timeout(consume(traffic, clock, dice), deadline));
}

void expect_each_item_once(Traffic& traffic) {
    while (const std::optional<int> left = traffic.queue.try_get()) {
        traffic.got.push_back(*left);
    }
    std::sort(traffic.got.begin(), traffic.got.end());
    std::sort(traffic.accepted.begin(), traffic.accepted.end());
    EXPECT_EQ(traffic.got, traffic.accepted);
}

Task<void> pass_items(Traffic& traffic, Dice& dice) {
    const Context& context = co_await this_task::context();
    const Scheduler& clock = *context.scheduler;
    TaskGroup consumers(context);
    TaskGroup producers(context);
    consumers.start(consume(traffic, clock, dice));
    consumers.start(consume_for(traffic, clock, dice, dice.ms(6)));
    producers.start(produce(traffic, dice, 3));
    consumers.start(consume_for(traffic, clock, dice, dice.ms(4)));
    producers.start(produce(traffic, dice, 3));
    co_await producers.join();
    traffic.queue.close();
    co_await consumers.join();
}

TEST(Stress, EveryItemIsGotOnceInTenThousandSchedulesOfDeadlinesAndStops) {
    for (unsigned seed = 0; seed < 10'000; ++seed) {
        FakeLoop loop;
        Dice dice(seed);
        Traffic traffic(static_cast<std::size_t>(1 + dice.below(3)));
        run(loop, pass_items(traffic, dice));
        expect_each_item_once(traffic);
        ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    }
}

/// The state that the workers of one schedule share.
struct World {
    World(unsigned seed, Census& census)
        : dice(seed),
          semaphore(static_cast<std::size_t>(1 + dice.below(3))),
          queue(static_cast<std::size_t>(1 + dice.below(3))),
          items(census) {}

    FakeLoop loop;
    Dice dice;
    Semaphore semaphore;
    Lock lock;
    Queue<Counted> queue;
    Census& items;
    int inside = 0;
    int locked = 0;
    int put = 0;
    int got = 0;
};

Task<void> visit(World& world) {
    const Permit permit = co_await world.semaphore.acquire();
    ++world.inside;
    EXPECT_LE(world.inside, static_cast<int>(world.semaphore.permits()));
    try {
        co_await sleep_for(world.dice.ms(2));
    } catch (const Cancelled&) {
        --world.inside;
        throw;
    }
    --world.inside;
}

Task<void> exclude(World& world) {
    const Permit guard = co_await world.lock.acquire();
    EXPECT_EQ(++world.locked, 1);
    const Duration span = world.dice.ms(1);
    co_await shield(test::done_after(span));
    --world.locked;
}

Task<void> send(World& world) {
    const bool taken = co_await world.queue.put(Counted(world.items, world.put));
    world.put += taken ? 1 : 0;
}

Task<void> receive(World& world) {
    const Deadline deadline(world.loop.now() + world.dice.ms(2));
    const std::optional<Counted> item = co_await world.queue.get_until(deadline);
    if (item) {
        EXPECT_NE(item->value(), Counted::kMovedFrom);
        ++world.got;
    }
}

Task<void> act(World& world) {
    switch (world.dice.below(5)) {
        case 0: return visit(world);
        case 1: return exclude(world);
        case 2: return send(world);
        case 3: return receive(world);
        default: return test::done_after(world.dice.ms(2));
    }
}

Task<int> act_and_count(World& world) {
    co_await act(world);
    co_return 1;
}

Task<void> combine(World& world) {
    const Deadline deadline(world.loop.now() + world.dice.ms(3));
    switch (world.dice.below(4)) {
        case 0: {
            static_cast<void>(co_await timeout(act(world), deadline));
            break;
        }
        case 1: {
            auto tasks = test::tasks_of(act_and_count(world), act_and_count(world));
            auto first = co_await when_any(std::move(tasks));
            EXPECT_FALSE(first.outcome.exception());
            break;
        }
        case 2: {
            auto both = gather(act_and_count(world), act_and_count(world));
            static_cast<void>(co_await timeout(std::move(both), deadline));
            break;
        }
        default: {
            co_await shield(timeout(act(world), deadline));
            break;
        }
    }
}

Task<void> work(World& world) {
    for (int i = 0; i < 6; ++i) {
        co_await combine(world);
        if (world.dice.one_in(20)) {
            throw std::runtime_error("by chance");
        }
    }
}

/// Drains the queue, because a shielded put() without a deadline could wait forever.
Task<void> feed(World& world) {
    for (;;) {
        co_await sleep_for(std::chrono::milliseconds(1));
        while (world.queue.try_get()) {
            ++world.got;
        }
    }
}

Task<void> live(World& world) {
    const Context& context = co_await this_task::context();
    TaskGroup feeder(context);
    TaskGroup workers(context);
    feeder.start(feed(world));
    for (int i = 0; i < 5; ++i) {
        workers.start(work(world));
    }
    bool failed = false;
    try {
        co_await workers.join();
    } catch (const std::runtime_error&) {
        failed = true;
    } catch (const Cancelled&) {
        EXPECT_TRUE(context.stop.stop_requested());
    }
    EXPECT_EQ(failed, !workers.failures().empty());
    EXPECT_EQ(workers.running(), 0U);
    feeder.request_stop();
    co_await feeder.join();
}

void expect_all_given_back(World& world) {
    while (world.queue.try_get()) {
        ++world.got;
    }
    EXPECT_EQ(world.semaphore.free(), world.semaphore.permits());
    EXPECT_FALSE(world.lock.is_locked());
    EXPECT_EQ(world.inside, 0);
    EXPECT_EQ(world.locked, 0);
    EXPECT_EQ(world.got, world.put);
    EXPECT_EQ(world.items.live, 0);
    EXPECT_EQ(world.items.copies, 0);
    EXPECT_FALSE(world.loop.turn()) << "a timer or a waiter was left behind";
}

TEST(Stress, NothingIsLostWhenEverythingIsMixedAndStopped) {
    for (unsigned seed = 0; seed < 500; ++seed) {
        Census census;
        World world(seed, census);
        std::optional<test::StopAfter> stop;
        if (world.dice.one_in(2)) {
            stop.emplace(world.loop, world.dice.ms(20));
        }
        const std::stop_token token = stop ? stop->token() : std::stop_token();
        try {
            run(world.loop, live(world), token);
        } catch (const Cancelled&) {
            EXPECT_TRUE(token.stop_requested());
        }
        stop.reset();
        expect_all_given_back(world);
        ASSERT_FALSE(::testing::Test::HasFailure()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace runnel
