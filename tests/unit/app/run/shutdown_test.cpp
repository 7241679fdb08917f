#include "app/run/shutdown.hpp"

#include <fcntl.h>

#include <chrono>
#include <csignal>

#include <gtest/gtest.h>

#include "async/event.hpp"
#include "async/run.hpp"
#include "async/sleep.hpp"
#include "support/descriptors.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

/// A run with an intake and work, which both run until stopped.
class ARun {
public:
    explicit ARun(int descriptor, Duration deadline = Duration::zero(), Duration grace = 0ms)
        : output(loop, descriptor),
          shutdown(loop, output, log, Deadline::after(Clock::now(), deadline), grace) {}

    Loop loop;
    Log log{Log::Level::Quiet};
    Output output;
    Shutdown shutdown;
    bool work_stopped = false;
};

Task<void> work_until_stopped(ARun& a_run) {
    try {
        co_await sleep_until(Deadline::never());
    } catch (const Cancelled&) {
        a_run.work_stopped = true;
    }
}

/// Runs until the intake is stopped; if \a to_the_end, also until the work is.
Task<void> watch_run(ARun& a_run, bool to_the_end) {
    const Context& context = co_await this_task::context();
    TaskGroup watchers(context);
    TaskGroup intake(context);
    TaskGroup work(context);
    watchers.start(a_run.shutdown.watch(intake, work));
    intake.start(test::wait_for_stop());
    work.start(work_until_stopped(a_run));
    co_await intake.join();
    if (!to_the_end) {
        EXPECT_FALSE(work.stop_requested());
        work.request_stop();
    }
    co_await work.join();
    watchers.request_stop();
    co_await watchers.join();
}

TEST(Shutdown, DoesNothingWithoutAReason) {
    const UniqueFd file = test::make_file("");
    ARun a_run(file.get());
    EXPECT_FALSE(a_run.shutdown.stopped());
    EXPECT_EQ(a_run.shutdown.status(), ExitStatus::Success);
    EXPECT_EQ(a_run.shutdown.reason().error_class(), ErrorClass::Cancelled);
}

TEST(Shutdown, StopsOnlyTheIntakeAtASignal) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        const UniqueFd file = test::make_file("");
        ARun a_run(file.get());
        std::raise(signal);
        run(a_run.loop, watch_run(a_run, false));
        EXPECT_TRUE(a_run.shutdown.stopped());
        EXPECT_EQ(a_run.shutdown.status(), status_of_signal(signal));
        EXPECT_EQ(a_run.shutdown.reason().error_class(), ErrorClass::Interrupted);
    }
}

TEST(Shutdown, StopsTheWorkAfterTheGrace) {
    const UniqueFd file = test::make_file("");
    ARun a_run(file.get(), Duration::zero(), 30ms);
    std::raise(SIGINT);
    const TimePoint start = Clock::now();
    run(a_run.loop, watch_run(a_run, true));
    EXPECT_TRUE(a_run.work_stopped);
    EXPECT_GE(Clock::now() - start, 30ms);
    EXPECT_EQ(a_run.shutdown.status(), ExitStatus::Interrupted);
}

TEST(Shutdown, StopsEverythingAtTheDeadline) {
    const UniqueFd file = test::make_file("");
    ARun a_run(file.get(), 20ms);
    run(a_run.loop, watch_run(a_run, true));
    EXPECT_TRUE(a_run.work_stopped);
    EXPECT_EQ(a_run.shutdown.status(), ExitStatus::Deadline);
    EXPECT_EQ(a_run.shutdown.reason().error_class(), ErrorClass::Deadline);
}

TEST(Shutdown, StopsEverythingSilentlyWhenTheReaderIsGone) {
    test::Ends pipe = test::make_pipe();
    ARun a_run(pipe.second.get());
    pipe.first.reset();
    testing::internal::CaptureStderr();
    run(a_run.loop, watch_run(a_run, true));
    a_run.log.release();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_TRUE(a_run.work_stopped);
    EXPECT_EQ(a_run.shutdown.status(), ExitStatus::ReaderGone);
}

TEST(Shutdown, StopsEverythingAndLogsWhenTheOutputFails) {
    const UniqueFd full = test::open_path("/dev/full", O_WRONLY);
    ARun a_run(full.get());
    a_run.output.append("too much");
    testing::internal::CaptureStderr();
    run(a_run.loop, watch_run(a_run, true));
    a_run.log.release();
    const std::string lines = testing::internal::GetCapturedStderr();
    EXPECT_NE(lines.find("No space left"), std::string::npos) << lines;
    EXPECT_EQ(a_run.shutdown.status(), ExitStatus::OutputFailed);
}

void raise_twice() {
    const UniqueFd file = test::make_file("");
    ARun a_run(file.get());
    std::raise(SIGTERM);
    std::raise(SIGINT);
    run(a_run.loop, watch_run(a_run, true));
}

TEST(ShutdownDeathTest, EndsTheProcessAtTheSecondSignal) {
    GTEST_FLAG_SET(death_test_style, "threadsafe");
    EXPECT_EXIT(raise_twice(), testing::ExitedWithCode(130), "");
}

TEST(Shutdown, EndsTheRunWithAGivenStatus) {
    const UniqueFd file = test::make_file("");
    ARun a_run(file.get());
    a_run.shutdown.end(ExitStatus::NotFound);
    EXPECT_TRUE(a_run.shutdown.stopped());
    EXPECT_TRUE(a_run.shutdown.ending().is_set());
    run(a_run.loop, watch_run(a_run, true));
    EXPECT_TRUE(a_run.work_stopped);
    EXPECT_EQ(a_run.shutdown.status(), ExitStatus::NotFound);
    EXPECT_EQ(a_run.shutdown.reason().error_class(), ErrorClass::Cancelled);
}

}  // namespace
}  // namespace runnel
