#include "async/debug.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>

#include <stdexcept>
#include <string>

#include "support/fake_loop.hpp"
#include "support/tasks.hpp"
#include "support/warnings.hpp"

namespace runnel {
namespace {

using test::Warnings;

SourcePlace place_of_caller(SourcePlace made = SourcePlace::here()) { return made; }

TEST(Debug, ReportsNothingWhileItIsOff) {
    const Warnings warnings;
    debug::enable(false);
    debug::report("not wanted");
    EXPECT_TRUE(warnings.all().empty());
}

TEST(Debug, ReportsAnUnseenFailureAndItsPlace) {
    const Warnings warnings;
    const int line = __LINE__ + 1;
    const SourcePlace made = place_of_caller();
    debug::report_unseen(std::make_exception_ptr(std::runtime_error("no more disks")), made);
    ASSERT_EQ(warnings.all().size(), 1U);
    EXPECT_EQ(warnings.all().front(),
              "the failure of the task from debug_test.cpp:" + std::to_string(line) +
                  " (TestBody) was never looked at: no more disks");
}

Task<void> forgotten() { co_return; }

TEST(Debug, ReportsATaskThatWasNeverAwaited) {
    const Warnings warnings;
    { const Task<void> task = forgotten(); }
    ASSERT_EQ(warnings.all().size(), 1U);
    EXPECT_TRUE(warnings.all().front().starts_with("a task of debug_test.cpp:"))
        << warnings.all().front();
    EXPECT_TRUE(warnings.all().front().ends_with(" (forgotten) was never awaited"))
        << warnings.all().front();
}

TEST(Debug, ReportsNoTaskThatWasAwaitedDiscardedOrMoved) {
    const Warnings warnings;
    test::FakeLoop loop;
    Task<void> first = forgotten();
    Task<void> second = std::move(first);
    run(loop, std::move(second));
    forgotten().discard();
    EXPECT_TRUE(warnings.all().empty()) << warnings.all().front();
}

TEST(Debug, ReportsNoTaskWhileItIsOff) {
    const Warnings warnings;
    debug::enable(false);
    { const Task<void> task = forgotten(); }
    debug::enable();
    EXPECT_TRUE(warnings.all().empty());
}

TEST(Debug, ReportsATaskThatAnotherReplaced) {
    const Warnings warnings;
    test::FakeLoop loop;
    Task<void> task = forgotten();
    task = forgotten();
    run(loop, std::move(task));
    EXPECT_EQ(warnings.all().size(), 1U);
}

TEST(Debug, DescribesAnExceptionOfAnotherType) {
    EXPECT_EQ(debug::describe(std::make_exception_ptr(7)),
              "an exception not derived from std::exception");
}

TEST(Debug, AFullStderrDoesNotEndTheProgram) {
    const auto report = [] {
        const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
        ::dup2(full, STDERR_FILENO);
        debug::report("this goes to /dev/full");
        std::_Exit(0);
    };
    debug::enable();
    EXPECT_EXIT(report(), testing::ExitedWithCode(0), "");
    debug::enable(false);
}

}  // namespace
}  // namespace runnel
