#include "async/fake_loop.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "async/event.hpp"
#include "async/sleep.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

Task<Duration> wait_for(Event& event) {
    const Context& context = co_await this_task::context();
    co_await event.wait();
    co_return context.scheduler->now() - TimePoint();
}

TEST(FakeLoop, RunsANestedCallFromThreadBeforeTimeAdvances) {
    FakeLoop loop;
    Event event;
    loop.call_from_thread([&] { loop.call_from_thread([&] { event.set(); }); });
    EXPECT_EQ(run(loop, wait_for(event)), 0s);
}

TEST(FakeLoop, JumpsToTheNextTimerWhenNoTaskIsReady) {
    FakeLoop loop;
    auto sleep = []() -> Task<void> { co_await sleep_for(1h); };
    run(loop, sleep());
    EXPECT_EQ(loop.elapsed(), 1h);
    EXPECT_FALSE(loop.turn());
}

}  // namespace
}  // namespace runnel
