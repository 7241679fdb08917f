#include "async/ready_queue.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using test::FakeLoop;

Task<void> count_turns(std::vector<int>& order, int id, int turns) {
    for (int i = 0; i < turns; ++i) {
        order.push_back(id);
        co_await yield_now();
    }
}

TEST(ReadyQueue, IsEmptyAtFirstAndAnEmptyRoundDoesNothing) {
    ReadyQueue queue;
    EXPECT_TRUE(queue.empty());
    queue.run_round();
    EXPECT_TRUE(queue.empty());
}

TEST(ReadyQueue, ThosePostedInARoundWaitForTheNext) {
    FakeLoop loop;
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(count_turns(order, 1, 3));
        group.start(count_turns(order, 2, 1));
        group.start(count_turns(order, 3, 2));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3, 1, 3, 1}));
}

}  // namespace
}  // namespace runnel
