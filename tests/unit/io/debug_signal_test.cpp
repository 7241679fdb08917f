#include "io/debug_signal.hpp"

#include <gtest/gtest.h>

#include <csignal>

#include "async/run.hpp"
#include "async/sleep.hpp"
#include "support/warnings.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Warnings;

bool has_default_action(int signal) {
    struct sigaction action = {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_DFL;
}

/// Waits until a dump was reported, or until a time limit.
Task<void> raise_and_wait(const Warnings& warnings, int& line) {
    std::raise(SIGUSR1);
    for (int i = 0; i < 1000 && warnings.all().size() < 2; ++i) {
        line = __LINE__ + 1;
        co_await sleep_for(1ms);
    }
}

TEST(DebugSignal, ReportsWaitingTasks) {
    const Warnings warnings;
    Loop loop;
    const DebugSignal signal(loop);
    int line = 0;
    run(loop, raise_and_wait(warnings, line));
    ASSERT_EQ(warnings.all().size(), 2U);
    EXPECT_TRUE(warnings.all()[1].starts_with(
        "Sleep <- debug_signal_test.cpp:" + std::to_string(line) + " (raise_and_wait) <- "))
        << warnings.all()[1];
}

TEST(DebugSignal, RestoresTheDefaultAction) {
    const Warnings warnings;
    {
        Loop loop;
        const DebugSignal signal(loop);
        EXPECT_FALSE(has_default_action(SIGUSR1));
    }
    EXPECT_TRUE(has_default_action(SIGUSR1));
}

TEST(DebugSignal, LeavesTheSignalAloneWhileDebuggingIsOff) {
    const Warnings warnings;
    debug::enable(false);
    Loop loop;
    const DebugSignal signal(loop);
    EXPECT_TRUE(has_default_action(SIGUSR1));
}

}  // namespace
}  // namespace runnel
