#include "async/slow_callbacks.hpp"

#include <gtest/gtest.h>

#include <string>
#include <thread>

#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/findings.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::Findings;
using test::SlowAfter;

/// Really holds the loop, for longer than the limits here.
void hold() { std::this_thread::sleep_for(3ms); }

Task<void> hold_after_a_wait() {
    co_await yield_now();
    hold();
}
constexpr int kWaitLine = __LINE__ - 3;

TEST(SlowCallbacks, NameTheTaskThatHeldTheLoopAndTheLineItWentOnAt) {
    const Findings findings;
    const SlowAfter limit(2ms);
    FakeLoop loop;
    run(loop, hold_after_a_wait());
    ASSERT_EQ(findings.all().size(), 1U);
    const std::string& told = findings.all().front();
    const std::string begin =
        "task slow_callbacks_test.cpp:" + std::to_string(kWaitLine) + " (hold_after_a_wait) held ";
    EXPECT_TRUE(told.starts_with(begin + "the loop for ")) << told;
    EXPECT_TRUE(told.ends_with(" ms")) << told;
}

class HoldingTimer final : Timer {
public:
    explicit HoldingTimer(Scheduler& scheduler) { scheduler.call_at(*this, scheduler.now()); }

private:
    void expire() noexcept override { hold(); }
};

TEST(SlowCallbacks, NameTheTimer) {
    const Findings findings;
    const SlowAfter limit(2ms);
    FakeLoop loop;
    const HoldingTimer timer(loop);
    loop.drain();
    ASSERT_EQ(findings.all().size(), 1U);
    EXPECT_TRUE(findings.all().front().starts_with("timer HoldingTimer held the loop for "))
        << findings.all().front();
}

TEST(SlowCallbacks, NameTheCallFromAnotherThreadByItsType) {
    const Findings findings;
    const SlowAfter limit(2ms);
    FakeLoop loop;
    loop.call_from_thread(hold);
    loop.turn();
    ASSERT_EQ(findings.all().size(), 1U);
    EXPECT_TRUE(findings.all().front().starts_with("callback void (*)() held the loop for "))
        << findings.all().front();
}

TEST(SlowCallbacks, AreNotToldBelowTheLimit) {
    const Findings findings;
    const SlowAfter limit(1h);
    FakeLoop loop;
    loop.call_from_thread(hold);
    run(loop, hold_after_a_wait());
    EXPECT_TRUE(findings.all().empty());
}

TEST(SlowCallbacks, AreNotToldWhileDebuggingIsOff) {
    const Findings findings;
    debug::enable(false);
    const SlowAfter limit(2ms);
    FakeLoop loop;
    loop.call_from_thread(hold);
    run(loop, hold_after_a_wait());
    debug::enable();
    EXPECT_TRUE(findings.all().empty());
}

TEST(SlowCallbacks, ATaskThatEndsWhileItIsTimedIsNamedAllTheSame) {
    const Findings findings;
    const SlowAfter limit(2ms);
    FakeLoop loop;
    auto body = []() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(hold_after_a_wait());
        co_await group.join();
    };
    run(loop, body());
    ASSERT_EQ(findings.all().size(), 1U);
    EXPECT_NE(findings.all().front().find("(hold_after_a_wait)"), std::string::npos);
}

}  // namespace
}  // namespace runnel
