#include "async/debug.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>

#include <stdexcept>
#include <string>

#include "support/fake_loop.hpp"
#include "support/findings.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using test::Findings;

SourcePlace place_of_caller(SourcePlace made = SourcePlace::here()) { return made; }

TEST(Debug, SaysNothingWhileItIsOff) {
    const Findings findings;
    debug::enable(false);
    debug::report("not wanted");
    EXPECT_TRUE(findings.all().empty());
}

TEST(Debug, TellsWhatFailedUnseenAndWhereItCameFrom) {
    const Findings findings;
    const int line = __LINE__ + 1;
    const SourcePlace made = place_of_caller();
    debug::report_unseen(std::make_exception_ptr(std::runtime_error("no more disks")), made);
    ASSERT_EQ(findings.all().size(), 1U);
    EXPECT_EQ(findings.all().front(),
              "nobody looked at the failure of the task from debug_test.cpp:" +
                  std::to_string(line) + " (TestBody): no more disks");
}

Task<void> forgotten() { co_return; }

TEST(Debug, TellsOfATaskThatWasNeverAwaited) {
    const Findings findings;
    { const Task<void> task = forgotten(); }
    ASSERT_EQ(findings.all().size(), 1U);
    EXPECT_TRUE(findings.all().front().starts_with("a task of debug_test.cpp:"))
        << findings.all().front();
    EXPECT_TRUE(findings.all().front().ends_with(" (forgotten) was never awaited"))
        << findings.all().front();
}

TEST(Debug, SaysNothingOfTasksThatWereAwaitedDiscardedOrMoved) {
    const Findings findings;
    test::FakeLoop loop;
    Task<void> first = forgotten();
    Task<void> second = std::move(first);
    run(loop, std::move(second));
    forgotten().discard();
    EXPECT_TRUE(findings.all().empty()) << findings.all().front();
}

TEST(Debug, SaysNothingOfTasksWhileItIsOff) {
    const Findings findings;
    debug::enable(false);
    { const Task<void> task = forgotten(); }
    debug::enable();
    EXPECT_TRUE(findings.all().empty());
}

TEST(Debug, TellsOfATaskThatAnotherReplaced) {
    const Findings findings;
    test::FakeLoop loop;
    Task<void> task = forgotten();
    task = forgotten();
    run(loop, std::move(task));
    EXPECT_EQ(findings.all().size(), 1U);
}

TEST(Debug, DescribesWhatIsNoStdException) {
    EXPECT_EQ(debug::describe(std::make_exception_ptr(7)),
              "an exception that is no std::exception");
}

TEST(Debug, AStderrThatTakesNothingEndsNobody) {
    const auto report = [] {
        const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
        ::dup2(full, STDERR_FILENO);
        debug::report("nobody will read this");
        std::_Exit(0);
    };
    debug::enable();
    EXPECT_EXIT(report(), testing::ExitedWithCode(0), "");
    debug::enable(false);
}

}  // namespace
}  // namespace runnel
