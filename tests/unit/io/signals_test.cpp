#include "io/signals.hpp"

#include <csignal>
#include <stop_token>

#include <gtest/gtest.h>

#include "async/run.hpp"

namespace runnel {
namespace {

bool has_handler(int signal, void (*handler)(int)) {
    struct sigaction action = {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == handler;
}

TEST(Signals, ReturnsSignalsInOrder) {
    Loop loop;
    Signals signals(loop);
    EXPECT_FALSE(signals.first());
    std::raise(SIGINT);
    std::raise(SIGINT);
    std::raise(SIGTERM);
    EXPECT_EQ(run(loop, signals.next()), SIGINT);
    EXPECT_EQ(run(loop, signals.next()), SIGINT);
    EXPECT_EQ(run(loop, signals.next()), SIGTERM);
    EXPECT_EQ(signals.first(), SIGINT);
}

TEST(Signals, ReturnsAHangUp) {
    Loop loop;
    Signals signals(loop);
    std::raise(SIGHUP);
    EXPECT_EQ(run(loop, signals.next()), SIGHUP);
}

TEST(Signals, KeepsAnIgnoredHangUpIgnored) {
    std::signal(SIGHUP, SIG_IGN);
    {
        Loop loop;
        Signals signals(loop);
        EXPECT_TRUE(has_handler(SIGHUP, SIG_IGN));
        std::raise(SIGHUP);
        std::raise(SIGTERM);
        EXPECT_EQ(run(loop, signals.next()), SIGTERM);
    }
    EXPECT_TRUE(has_handler(SIGHUP, SIG_IGN));
    std::signal(SIGHUP, SIG_DFL);
}

TEST(Signals, RestoresTheDefaultAction) {
    {
        Loop loop;
        const Signals signals(loop);
        EXPECT_FALSE(has_handler(SIGINT, SIG_DFL));
    }
    EXPECT_TRUE(has_handler(SIGINT, SIG_DFL));
    EXPECT_TRUE(has_handler(SIGTERM, SIG_DFL));
    EXPECT_TRUE(has_handler(SIGHUP, SIG_DFL));
}

TEST(Signals, LosesNoSignalIfTheWaitIsCancelled) {
    Loop loop;
    Signals signals(loop);
    std::stop_source stop;
    stop.request_stop();
    std::raise(SIGINT);
    EXPECT_THROW(run(loop, signals.next(), stop.get_token()), Cancelled);
    EXPECT_EQ(run(loop, signals.next()), SIGINT);
}

}  // namespace
}  // namespace runnel
