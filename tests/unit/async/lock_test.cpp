#include "async/lock.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

Task<void> enter_and_leave(Lock& lock, std::vector<int>& order, int id) {
    const Permit guard = co_await lock.acquire();
    order.push_back(id);
    co_await sleep_for(1ms);
    order.push_back(-id);
}

TEST(Lock, ExcludesOthersWhileItsHolderSuspendsAndIsFair) {
    FakeLoop loop;
    Lock lock;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(enter_and_leave(lock, order, 1));
        group.start(enter_and_leave(lock, order, 2));
        group.start(enter_and_leave(lock, order, 3));
        EXPECT_TRUE(lock.is_locked());
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, (std::vector<int>{1, -1, 2, -2, 3, -3}));
    EXPECT_FALSE(lock.is_locked());
}

TEST(Lock, TryAcquireNeverWaits) {
    Lock lock;
    Permit first = lock.try_acquire();
    EXPECT_TRUE(first);
    EXPECT_FALSE(lock.try_acquire());
    first.release();
    EXPECT_TRUE(lock.try_acquire());
}

TEST(Lock, AHolderThatFailsUnlocks) {
    FakeLoop loop;
    Lock lock;
    auto body = [&]() -> Task<void> {
        const Permit guard = co_await lock.acquire();
        co_await test::fail_after<void>(1ms, "inside");
    };
    EXPECT_THROW(run(loop, body()), std::runtime_error);
    EXPECT_FALSE(lock.is_locked());
}

TEST(Lock, AHolderOrWaiterThatIsStoppedUnlocks) {
    FakeLoop loop;
    Lock lock;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(enter_and_leave(lock, order, 1));
        group.start(enter_and_leave(lock, order, 2));
        group.request_stop();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, std::vector<int>{1});
    EXPECT_FALSE(lock.is_locked());
}

TEST(Lock, UnlockThenStopInOneTurnHandsItOver) {
    FakeLoop loop;
    Lock lock;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        Permit held = lock.try_acquire();
        group.start(enter_and_leave(lock, order, 1));
        held.release();
        group.request_stop();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, std::vector<int>{1}) << "it entered, and its sleep threw Cancelled";
    EXPECT_FALSE(lock.is_locked());
}

}  // namespace
}  // namespace runnel
