#include "http/window_budget.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;

Task<void> hold(WindowBudget& budget, std::size_t bytes, Duration time, std::vector<int>& log,
                int id, Event* turn = nullptr) {
    const WindowBudget::Share share = co_await budget.take(bytes, turn);
    log.push_back(id);
    co_await sleep_for(time);
}

class WindowBudgetTest : public testing::Test {
protected:
    FakeLoop loop;
    WindowBudget budget{100};
    std::vector<int> log;
    std::vector<int> log_later;
};

TEST_F(WindowBudgetTest, GivesSharesUntilItIsUsedUp) {
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(hold(budget, 60, 2s, log, 1));
        group.start(hold(budget, 40, 1s, log, 2));
        group.start(hold(budget, 50, 1s, log, 3));
        group.start(hold(budget, 10, 1s, log, 4));
        co_await sleep_for(1500ms);
        log_later = log;
        co_await group.join();
    };
    run(loop, body());
    // The small one does not overtake.
    EXPECT_EQ(log_later, (std::vector{1, 2}));
    EXPECT_EQ(log, (std::vector{1, 2, 3, 4}));
}

TEST_F(WindowBudgetTest, GivesAllOfItToAShareThatIsLarger) {
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(hold(budget, 1000, 1s, log, 1));
        group.start(hold(budget, 1, 1s, log, 2));
        co_await sleep_for(500ms);
        log_later = log;
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(log_later, std::vector{1});
    EXPECT_EQ(log, (std::vector{1, 2}));
}

TEST_F(WindowBudgetTest, NeverHoldsUpWhatNeedsNothing) {
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(hold(budget, 100, 1s, log, 1));
        group.start(hold(budget, 100, 1s, log, 2));
        group.start(hold(budget, 0, 1s, log, 3));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(log, (std::vector{1, 3, 2}));
}

TEST_F(WindowBudgetTest, IsExceededByTheOneWhoseTurnHasCome) {
    Event set;
    set.set();
    Event later;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(hold(budget, 100, 9s, log, 1));
        group.start(hold(budget, 80, 1s, log, 2, &set));
        group.start(hold(budget, 80, 9s, log, 3));
        group.start(hold(budget, 80, 1s, log, 4, &later));
        co_await sleep_for(2s);
        later.set();
        co_await sleep_for(2s);
        log_later = log;
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(log_later, (std::vector{1, 2, 4}));
    EXPECT_EQ(log, (std::vector{1, 2, 4, 3}));
}

TEST_F(WindowBudgetTest, LosesNothingToAWaitThatIsCancelled) {
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(hold(budget, 100, 2s, log, 1));
        TaskGroup cancelled(context);
        cancelled.start(hold(budget, 100, 1s, log, 2));
        group.start(hold(budget, 100, 1s, log, 3));
        co_await sleep_for(1s);
        cancelled.request_stop();
        co_await cancelled.join();
        co_await group.join();
        group.start(hold(budget, 100, 1s, log, 4));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(log, (std::vector{1, 3, 4}));
}

}  // namespace
}  // namespace runnel::http
