#include "async/semaphore.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

constexpr int kMany = 100'000;

Task<void> acquire_into(Semaphore& semaphore, Permit& permit) {
    permit = co_await semaphore.acquire();
}

Task<void> note_entry(Semaphore& semaphore, std::vector<int>& order, int id) {
    const Permit permit = co_await semaphore.acquire();
    order.push_back(id);
}

struct Crowd {
    int inside = 0;
    int most = 0;
};

Task<void> visit(Semaphore& semaphore, Crowd& crowd) {
    const Permit permit = co_await semaphore.acquire();
    crowd.most = std::max(crowd.most, ++crowd.inside);
    co_await sleep_for(1ms);
    --crowd.inside;
}

/// Starts one waiter on a semaphore without a free permit, then calls \a act with the held permit
/// and the waiter's group. Returns true if the waiter got the permit.
template <class Act>
bool waiter_gets_it(Semaphore& semaphore, Act act) {
    FakeLoop loop;
    Permit got;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        Permit held = semaphore.try_acquire();
        group.start(acquire_into(semaphore, got));
        act(held, group);
        co_await group.join();
    };
    run(loop, body());
    return static_cast<bool>(got);
}

TEST(Permit, ReleasesItsUnitWhenItDies) {
    Semaphore semaphore(1);
    {
        const Permit permit = semaphore.try_acquire();
        EXPECT_TRUE(permit);
        EXPECT_EQ(semaphore.free(), 0U);
    }
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Permit, ReleasesItsUnitOnlyOnce) {
    Semaphore semaphore(2);
    Permit permit = semaphore.try_acquire();
    permit.release();
    EXPECT_FALSE(permit);
    permit.release();
    EXPECT_EQ(semaphore.free(), 2U);
}

TEST(Permit, MovesWithoutReleasingItsUnit) {
    Semaphore semaphore(1);
    Permit first = semaphore.try_acquire();
    Permit second = std::move(first);
    EXPECT_EQ(semaphore.free(), 0U);
    second = Permit();
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Permit, AssigningReleasesTheOldUnit) {
    Semaphore semaphore(2);
    Permit permit = semaphore.try_acquire();
    permit = semaphore.try_acquire();
    EXPECT_EQ(semaphore.free(), 1U);
    Permit& same = permit;
    permit = std::move(same);
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Semaphore, ReturnsFreePermitsWithoutAWait) {
    FakeLoop loop;
    Semaphore semaphore(2);
    Permit first;
    Permit second;
    run(loop, acquire_into(semaphore, first));
    run(loop, acquire_into(semaphore, second));
    EXPECT_TRUE(first);
    EXPECT_TRUE(second);
    EXPECT_EQ(semaphore.free(), 0U);
    EXPECT_EQ(semaphore.permits(), 2U);
    EXPECT_FALSE(semaphore.try_acquire());
}

TEST(Semaphore, LetsInNoMoreThanItsPermits) {
    FakeLoop loop;
    Semaphore semaphore(3);
    Crowd crowd;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (int i = 0; i < 10; ++i) {
            group.start(visit(semaphore, crowd));
        }
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(crowd.most, 3);
    EXPECT_EQ(semaphore.free(), 3U);
    EXPECT_EQ(loop.elapsed(), 4ms);
}

TEST(Semaphore, ServesItsWaitersInTheOrderTheyCame) {
    FakeLoop loop;
    Semaphore semaphore(1);
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        Permit held = semaphore.try_acquire();
        group.start(note_entry(semaphore, order, 1));
        group.start(note_entry(semaphore, order, 2));
        held.release();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(Semaphore, ANewcomerCannotOvertakeTheWaiterThatWasServed) {
    Semaphore semaphore(1);
    const bool got = waiter_gets_it(semaphore, [&](Permit& held, TaskGroup&) {
        held.release();
        EXPECT_FALSE(semaphore.try_acquire());
    });
    EXPECT_TRUE(got);
}

TEST(Semaphore, IsCancelledWhenStopWasRequestedBeforeEvenWithAPermitFree) {
    FakeLoop loop;
    Semaphore semaphore(1);
    Permit permit;
    EXPECT_THROW(run(loop, acquire_into(semaphore, permit), test::stopped()), Cancelled);
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Semaphore, CancelledWaiterLeavesTheQueue) {
    FakeLoop loop;
    Semaphore semaphore(1);
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        TaskGroup doomed(context);
        Permit held = semaphore.try_acquire();
        doomed.start(note_entry(semaphore, order, 1));
        group.start(note_entry(semaphore, order, 2));
        doomed.request_stop();
        co_await doomed.join();
        EXPECT_TRUE(order.empty());
        held.release();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, std::vector<int>{2});
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Semaphore, ReleaseThenStopInOneTurnReturnsThePermit) {
    Semaphore semaphore(1);
    EXPECT_TRUE(waiter_gets_it(semaphore, [](Permit& held, TaskGroup& group) {
        held.release();
        group.request_stop();
    }));
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Semaphore, StopThenReleaseInOneTurnKeepsThePermitFree) {
    Semaphore semaphore(1);
    EXPECT_FALSE(waiter_gets_it(semaphore, [&](Permit& held, TaskGroup& group) {
        group.request_stop();
        held.release();
        EXPECT_EQ(semaphore.free(), 1U);
    }));
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Semaphore, APermitHandedToAWaiterThatFailsIsFreeAgain) {
    FakeLoop loop;
    Semaphore semaphore(1);
    auto fail = [&]() -> Task<void> {
        const Permit permit = co_await semaphore.acquire();
        co_await test::fail_after<void>(1ms, "inside");
    };
    EXPECT_THROW(run(loop, fail()), std::runtime_error);
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Semaphore, HundredThousandFreeAcquiresDoNotDeepenTheStack) {
    FakeLoop loop;
    Semaphore semaphore(1);
    auto body = [&]() -> Task<void> {
        for (int i = 0; i < kMany; ++i) {
            const Permit permit = co_await semaphore.acquire();
        }
    };
    run(loop, body());
    EXPECT_EQ(semaphore.free(), 1U);
}

TEST(Semaphore, TwoTasksTakeTurnsAHundredThousandTimes) {
    FakeLoop loop;
    Semaphore semaphore(1);
    std::vector<int> order;
    auto contend = [&](int id) -> Task<void> {
        for (int i = 0; i < kMany / 2; ++i) {
            const Permit permit = co_await semaphore.acquire();
            order.push_back(id);
            co_await yield_now();
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(contend(0));
        group.start(contend(1));
        co_await group.join();
    };
    run(loop, body());
    ASSERT_EQ(order.size(), static_cast<std::size_t>(kMany));
    for (std::size_t i = 0; i < order.size(); ++i) {
        ASSERT_EQ(order[i], static_cast<int>(i % 2));
    }
}

TEST(SemaphoreDeathTest, DyingBeforeItsPermitsStopsTheProgram) {
    EXPECT_DEATH(
        {
            Permit permit;
            Semaphore semaphore(1);
            permit = semaphore.try_acquire();
        },
        "a Semaphore was destroyed before its permits");
}

}  // namespace
}  // namespace runnel
