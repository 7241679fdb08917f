#include "async/waits.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "async/event.hpp"
#include "async/gather.hpp"
#include "async/lock.hpp"
#include "async/queue.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"
#include "support/warnings.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::Warnings;

constexpr int kInnerLine = __LINE__ + 1;
Task<void> inner(Event& event) { co_await event.wait(); }

Task<void> outer(Event& event) {
    Task<void> child = inner(event);
    co_await std::move(child);
}
constexpr int kOuterLine = __LINE__ - 2;

std::string place(int line, const std::string& function) {
    return "waits_test.cpp:" + std::to_string(line) + " (" + function + ")";
}

/// Returns the waits while \a tasks run in a group and wait for \a event.
Task<std::vector<std::string>> look(FakeLoop& loop, Event& event, std::vector<Task<void>> tasks,
                                    int& made) {
    const Context& context = co_await this_task::context();
    made = __LINE__ + 1;
    TaskGroup group(context);
    for (Task<void>& task : tasks) {
        group.start(std::move(task));
    }
    std::vector<std::string> seen = debug::waits(loop);
    event.set();
    co_await group.join();
    co_return seen;
}

TEST(Waits, ListTheChainOfAwaitsUpToTheGroup) {
    const Warnings warnings;
    FakeLoop loop;
    Event event;
    int made = 0;
    const std::vector<std::string> seen =
        run(loop, look(loop, event, test::tasks_of(outer(event)), made));
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen.front(), "Event::Wait <- " + place(kInnerLine, "inner") + " <- " +
                                place(kOuterLine, "outer") + " <- scope of " + place(made, "look"));
}

TEST(Waits, ListEqualChainsOnce) {
    const Warnings warnings;
    FakeLoop loop;
    Event event;
    int made = 0;
    const std::vector<std::string> seen = run(
        loop, look(loop, event, test::tasks_of(inner(event), outer(event), inner(event)), made));
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_TRUE(seen[0].ends_with("(look) (2 times)")) << seen[0];
    EXPECT_TRUE(seen[1].ends_with("(look)")) << seen[1];
}

TEST(Waits, NameEachPrimitiveAndTheRun) {
    const Warnings warnings;
    FakeLoop loop;
    std::vector<std::string> seen;
    loop.call_from_thread([&] { seen = debug::waits(loop); });
    Queue<std::string> queue(1);
    auto body = [&]() -> Task<void> {
        const std::optional<std::string> item =
            co_await queue.get_until(Deadline::after(loop.now(), 1h));
        EXPECT_FALSE(item.has_value());
    };
    const int line = __LINE__ + 1;
    run(loop, body());
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_TRUE(seen.front().starts_with("Queue::Get <- waits_test.cpp:")) << seen.front();
    EXPECT_TRUE(seen.front().ends_with(" <- scope of " + place(line, "TestBody"))) << seen.front();
}

TEST(Waits, OfOtherLoopsAreTheirs) {
    const Warnings warnings;
    FakeLoop loop;
    FakeLoop other;
    std::vector<std::string> seen;
    std::vector<std::string> of_other;
    loop.call_from_thread([&] {
        seen = debug::waits(loop);
        of_other = debug::waits(other);
    });
    run(loop, test::done_after(1ms));
    EXPECT_EQ(seen.size(), 1U);
    EXPECT_TRUE(of_other.empty());
}

TEST(Waits, EndWithTheWaitHoweverItEnds) {
    const Warnings warnings;
    FakeLoop loop;
    test::StopAfter stop(loop, 1h);
    run(loop, test::done_after(1ms), stop.token());
    EXPECT_THROW(run(loop, test::wait_for_stop(), stop.token()), Cancelled);
    EXPECT_TRUE(debug::waits(loop).empty());
}

TEST(Waits, AreNotKnownWhileDebuggingIsOff) {
    const Warnings warnings;
    debug::enable(false);
    FakeLoop loop;
    std::vector<std::string> seen;
    loop.call_from_thread([&] { seen = debug::waits(loop); });
    run(loop, test::done_after(1ms));
    EXPECT_TRUE(seen.empty());
}

TEST(Waits, AWaitThatBeganWhileDebuggingWasOnIsForgottenWhenItIsOff) {
    const Warnings warnings;
    FakeLoop loop;
    loop.call_from_thread([] { debug::enable(false); });
    run(loop, test::done_after(1ms));
    EXPECT_TRUE(debug::waits(loop).empty());
}

TEST(Waits, AreDumpedAsWarnings) {
    const Warnings warnings;
    FakeLoop loop;
    loop.call_from_thread([&] { debug::dump(loop); });
    run(loop, test::done_after(1ms));
    ASSERT_EQ(warnings.all().size(), 2U);
    EXPECT_EQ(warnings.all()[0], "1 different waits:");
    EXPECT_TRUE(warnings.all()[1].starts_with("Sleep <- tasks.hpp:")) << warnings.all()[1];
}

}  // namespace
}  // namespace runnel
