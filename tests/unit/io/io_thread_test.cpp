#include "io/io_thread.hpp"

#include <poll.h>
#include <sys/wait.h>

#include <chrono>
#include <csignal>

#include <gtest/gtest.h>

#include "async/event.hpp"
#include "async/run.hpp"
#include "async/task.hpp"
#include "base/deadline.hpp"
#include "io/wakeup.hpp"
#include "support/descriptors.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

TEST(IoThread, InterruptsABlockingCall) {
    const test::Ends pipe = test::make_pipe();
    int error = 0;
    std::atomic<bool> reading = false;
    IoThread thread;
    thread.start([&] {
        while (!thread.stop_requested()) {
            char byte = 0;
            reading = true;
            error = ::read(pipe.first.get(), &byte, 1) < 0 ? errno : 0;
        }
    });
    while (!reading) {
        std::this_thread::yield();
    }
    const TimePoint start = Clock::now();
    thread.stop();
    EXPECT_LT(Clock::now() - start, 1s);
    EXPECT_EQ(error, EINTR);
}

TEST(IoThread, WaitsForADescriptorOrAWakeUp) {
    const test::Ends pipe = test::make_pipe();
    IoThread thread;
    thread.wake();
    EXPECT_EQ(thread.wait(pipe.first.get(), POLLIN), 0);
    test::write_all(pipe.second.get(), "a");
    EXPECT_EQ(thread.wait(pipe.first.get(), POLLIN), POLLIN);
    thread.wake();
    EXPECT_EQ(thread.wait(-1, POLLIN), 0);
}

TEST(IoThread, WaitsNoLongerThanADeadline) {
    const test::Ends pipe = test::make_pipe();
    IoThread thread;
    const TimePoint due = Clock::now() + 5ms;
    EXPECT_EQ(thread.wait(pipe.first.get(), POLLIN, Deadline(due)), 0);
    EXPECT_GE(Clock::now(), due);
    EXPECT_EQ(thread.wait(pipe.first.get(), POLLIN, Deadline(due)), 0) << "a deadline in the past";
    test::write_all(pipe.second.get(), "a");
    EXPECT_EQ(thread.wait(pipe.first.get(), POLLIN, Deadline(Clock::now() + 1h)), POLLIN);
}

TEST(IoThread, BlocksSignals) {
    sigset_t blocked = {};
    IoThread thread;
    thread.start([&] { pthread_sigmask(SIG_SETMASK, nullptr, &blocked); });
    thread.stop();
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE, SIGTSTP, SIGUSR1}) {
        EXPECT_TRUE(sigismember(&blocked, signal)) << signal;
    }
    for (const int signal : {SIGSEGV, SIGTTIN, SIGTTOU, SIGURG}) {
        EXPECT_FALSE(sigismember(&blocked, signal)) << signal;
    }
    sigset_t here = {};
    pthread_sigmask(SIG_SETMASK, nullptr, &here);
    EXPECT_FALSE(sigismember(&here, SIGTERM));
}

TEST(IoThread, StopsWithoutEverHavingStarted) {
    IoThread thread;
    thread.stop();
    EXPECT_FALSE(thread.started());
}

Task<void> wait_for(Event& event) { co_await event.wait(); }

TEST(Wakeup, CallsBackOnTheLoopsThread) {
    Loop loop;
    Event rung;
    std::thread::id answered;
    Wakeup wakeup(loop, [&] {
        answered = std::this_thread::get_id();
        rung.set();
    });
    IoThread thread;
    thread.start([&] { wakeup.send(); });
    run(loop, wait_for(rung));
    EXPECT_EQ(answered, std::this_thread::get_id());
}

TEST(Wakeup, MayBeDestroyedAfterSend) {
    Loop loop;
    bool answered = false;
    {
        Wakeup wakeup(loop, [&] { answered = true; });
        wakeup.send();
    }
    EXPECT_FALSE(answered);
}

}  // namespace
}  // namespace runnel
