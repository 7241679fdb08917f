#include "async/slow_callbacks.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"
#include "support/warnings.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::SlowAfter;
using test::Warnings;

/// Blocks the loop for longer than the thresholds of these tests.
void hold() { std::this_thread::sleep_for(3ms); }

Task<void> hold_after_a_wait() {
    co_await yield_now();
    hold();
}
constexpr int kWaitLine = __LINE__ - 3;

TEST(SlowCallbacks, NameTheTaskThatHeldTheLoopAndTheLineItWentOnAt) {
    const Warnings warnings;
    const SlowAfter limit(2ms);
    FakeLoop loop;
    run(loop, hold_after_a_wait());
    ASSERT_EQ(warnings.all().size(), 1U);
    const std::string& warning = warnings.all().front();
    const std::string begin =
        "task slow_callbacks_test.cpp:" + std::to_string(kWaitLine) + " (hold_after_a_wait) held ";
    EXPECT_TRUE(warning.starts_with(begin + "the loop for ")) << warning;
    EXPECT_TRUE(warning.ends_with(" ms")) << warning;
}

class HoldingTimer final : Timer {
public:
    explicit HoldingTimer(Scheduler& scheduler) { scheduler.call_at(*this, scheduler.now()); }

private:
    void expire() noexcept override { hold(); }
};

TEST(SlowCallbacks, NameTheTimer) {
    const Warnings warnings;
    const SlowAfter limit(2ms);
    FakeLoop loop;
    const HoldingTimer timer(loop);
    loop.drain();
    ASSERT_EQ(warnings.all().size(), 1U);
    EXPECT_TRUE(warnings.all().front().starts_with("timer HoldingTimer held the loop for "))
        << warnings.all().front();
}

TEST(SlowCallbacks, NameTheCallFromAnotherThreadByItsType) {
    const Warnings warnings;
    const SlowAfter limit(2ms);
    FakeLoop loop;
    loop.call_from_thread(hold);
    loop.turn();
    ASSERT_EQ(warnings.all().size(), 1U);
    EXPECT_TRUE(warnings.all().front().starts_with("callback void (*)() held the loop for "))
        << warnings.all().front();
}

TEST(SlowCallbacks, AreNotReportedBelowTheThreshold) {
    const Warnings warnings;
    const SlowAfter limit(1h);
    FakeLoop loop;
    loop.call_from_thread(hold);
    run(loop, hold_after_a_wait());
    EXPECT_TRUE(warnings.all().empty());
}

TEST(SlowCallbacks, AreNotReportedWhileDebuggingIsOff) {
    const Warnings warnings;
    debug::enable(false);
    const SlowAfter limit(2ms);
    FakeLoop loop;
    loop.call_from_thread(hold);
    run(loop, hold_after_a_wait());
    debug::enable();
    EXPECT_TRUE(warnings.all().empty());
}

TEST(SlowCallbacks, ATaskThatEndsWhileItIsTimedIsNamedAllTheSame) {
    const Warnings warnings;
    const SlowAfter limit(2ms);
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(hold_after_a_wait());
        co_await group.join();
    };
    run(loop, body());
    ASSERT_EQ(warnings.all().size(), 1U);
    EXPECT_NE(warnings.all().front().find("(hold_after_a_wait)"), std::string::npos);
}

}  // namespace
}  // namespace runnel
