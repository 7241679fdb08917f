#include "http/origin_pauses.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/cancelled.hpp"
#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::StopAfter;

const std::string kA = "http://a:80";
const std::string kB = "https://b:443";

class Pauses : public testing::Test {
protected:
    TimePoint in(Duration span) const { return loop.now() + span; }
    void pass(Duration span) { run(loop, test::done_after(span)); }

    FakeLoop loop;
    OriginPauses pauses{loop};
};

TEST_F(Pauses, AreNoneAtFirst) {
    EXPECT_FALSE(pauses.paused_until(kA));
    run(loop, pauses.wait(kA));
    EXPECT_EQ(loop.elapsed(), 0s);
}

TEST_F(Pauses, AreOfOneOrigin) {
    pauses.pause(kA, in(5s));
    EXPECT_EQ(pauses.paused_until(kA), in(5s));
    EXPECT_FALSE(pauses.paused_until(kB));
}

TEST_F(Pauses, EndAtTheirMoment) {
    pauses.pause(kA, in(5s));
    const TimePoint end = in(5s);
    pass(5s - 1ns);
    EXPECT_EQ(pauses.paused_until(kA), end);
    pass(1ns);
    EXPECT_FALSE(pauses.paused_until(kA));
}

TEST_F(Pauses, GrowLongerAndNeverShorter) {
    pauses.pause(kA, in(5s));
    pauses.pause(kA, in(2s));
    EXPECT_EQ(pauses.paused_until(kA), in(5s));
    pauses.pause(kA, in(9s));
    EXPECT_EQ(pauses.paused_until(kA), in(9s));
}

TEST_F(Pauses, CanComeAgain) {
    pauses.pause(kA, in(5s));
    pass(6s);
    pauses.pause(kA, in(2s));
    EXPECT_EQ(pauses.paused_until(kA), in(2s));
}

TEST_F(Pauses, OfThePastAreNone) {
    pass(10s);
    pauses.pause(kA, in(-1s));
    pauses.pause(kB, in(0s));
    EXPECT_FALSE(pauses.paused_until(kA));
    EXPECT_FALSE(pauses.paused_until(kB));
}

TEST_F(Pauses, HoldWhoWaitsUntilTheirEnd) {
    pauses.pause(kA, in(5s));
    run(loop, pauses.wait(kA));
    EXPECT_EQ(loop.elapsed(), 5s);
}

Task<void> pause_after(OriginPauses& pauses, Duration when, TimePoint until) {
    co_await sleep_for(when);
    pauses.pause(kA, until);
}

Task<void> note_end(const OriginPauses& pauses, std::string origin, std::vector<int>& order,
                    int who) {
    co_await pauses.wait(std::move(origin));
    order.push_back(who);
}

TEST_F(Pauses, HoldWhoWaitsLongerWhenTheyAreExtendedMeanwhile) {
    pauses.pause(kA, in(5s));
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(pauses.wait(kA));
        group.start(pause_after(pauses, 4s, in(8s)));
        group.start(pause_after(pauses, 8s - 1ns, in(11s)));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(loop.elapsed(), 11s);
}

TEST_F(Pauses, LetEverybodyGoWhoWaited) {
    pauses.pause(kA, in(5s));
    std::vector<int> order;
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(note_end(pauses, kA, order, 1));
        group.start(note_end(pauses, kA, order, 2));
        group.start(note_end(pauses, kB, order, 0));
        group.start(note_end(pauses, kA, order, 3));
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
    EXPECT_EQ(loop.elapsed(), 5s);
}

TEST_F(Pauses, LetGoWhoIsAskedToStop) {
    pauses.pause(kA, in(5s));
    const StopAfter stop(loop, 2s);
    EXPECT_THROW(run(loop, pauses.wait(kA), stop.token()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 2s);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 2s) << "a timer was left behind";
    EXPECT_TRUE(pauses.paused_until(kA));
}

TEST_F(Pauses, AreForgottenWhenTheyAreOver) {
    for (int i = 0; i < 100'000; ++i) {
        pauses.pause("http://" + std::to_string(i) + ":80", in(10s));
        pass(1s);
        ASSERT_LE(pauses.size(), 64U);
    }
    EXPECT_TRUE(pauses.paused_until("http://99999:80"));
    EXPECT_TRUE(pauses.paused_until("http://99991:80"));
    EXPECT_FALSE(pauses.paused_until("http://99990:80"));
}

TEST_F(Pauses, AreAllKeptWhileTheyLast) {
    for (int i = 0; i < 1000; ++i) {
        pauses.pause("http://" + std::to_string(i) + ":80", in(10s));
    }
    for (int i = 0; i < 1000; ++i) {
        EXPECT_TRUE(pauses.paused_until("http://" + std::to_string(i) + ":80")) << i;
    }
    pass(10s);
    for (int i = 0; i < 1500; ++i) {
        pauses.pause("http://later-" + std::to_string(i) + ":80", in(1s));
        pass(1s);
    }
    EXPECT_LE(pauses.size(), 64U);
}

}  // namespace
}  // namespace runnel::http
