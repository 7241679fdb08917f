#include "async/task.hpp"

#include <gtest/gtest.h>

#include <concepts>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>

#include "async/event.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "support/counted.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Census;
using test::Counted;
using test::FakeLoop;

constexpr int kMany = 100'000;

static_assert(!std::copy_constructible<Task<int>>);
static_assert(std::is_nothrow_move_constructible_v<Task<int>>);
static_assert(!std::derived_from<Cancelled, std::exception>);

template <class T>
concept AwaitableAsLvalue = requires(T& task) {
    task.operator co_await();
};
static_assert(!AwaitableAsLvalue<Task<int>>);

Task<void> set_flag(bool& flag) {
    flag = true;
    co_return;
}

Task<int> throw_now() {
    throw std::runtime_error("now");
    co_return 0;
}

Task<int> throw_later() {
    co_await yield_now();
    throw std::runtime_error("later");
}

Task<int> value_of(Counted counted) {
    co_await yield_now();
    co_return counted.value();
}

TEST(Task, ReturnsAValueItHadAtOnce) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, test::value_now(7)), 7);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST(Task, ReturnsAValueItWaitedFor) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, test::value_after(5ms, 7)), 7);
    EXPECT_EQ(loop.elapsed(), 5ms);
}

TEST(Task, RunsWithoutAValue) {
    FakeLoop loop;
    bool ran = false;
    run(loop, set_flag(ran));
    EXPECT_TRUE(ran);
}

TEST(Task, ReturnsAMoveOnlyValue) {
    FakeLoop loop;
    const auto now = run(loop, test::value_now(std::make_unique<int>(1)));
    const auto later = run(loop, test::value_after(1ms, std::make_unique<int>(2)));
    EXPECT_EQ(*now + *later, 3);
}

TEST(Task, ThrowsOutOfTheAwaitAtOnce) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, throw_now()), std::runtime_error);
}

TEST(Task, ThrowsOutOfTheAwaitLater) {
    FakeLoop loop;
    EXPECT_THROW(run(loop, throw_later()), std::runtime_error);
}

TEST(Task, AnExceptionCrossesEveryLevelAndKeepsItsMessage) {
    FakeLoop loop;
    auto middle = []() -> Task<int> {
        const int value = co_await throw_later();
        co_return value + 1;
    };
    auto outer = [&]() -> Task<std::string> {
        try {
            co_await middle();
        } catch (const std::runtime_error& error) {
            co_return error.what();
        }
        co_return "nothing";
    };
    EXPECT_EQ(run(loop, outer()), "later");
}

TEST(Task, CancelledPassesACatchOfStdException) {
    FakeLoop loop;
    bool swallowed = false;
    auto careless = [&]() -> Task<void> {
        try {
            co_await sleep_for(1s);
        } catch (const std::exception&) {
            swallowed = true;
        }
    };
    EXPECT_THROW(run(loop, careless(), test::stopped()), Cancelled);
    EXPECT_FALSE(swallowed);
}

TEST(Task, DoesNothingBeforeItIsAwaited) {
    FakeLoop loop;
    bool ran = false;
    auto body = [&]() -> Task<void> {
        Task<void> task = set_flag(ran);
        EXPECT_FALSE(ran);
        co_await std::move(task);
        EXPECT_TRUE(ran);
    };
    run(loop, body());
}

TEST(Task, DestroyingOneNeverStartedDestroysItsArguments) {
    Census census;
    {
        const Task<int> task = value_of(Counted(census));
        EXPECT_EQ(census.live, 1);
    }
    EXPECT_EQ(census.live, 0);
}

TEST(Task, AssigningOverOneNeverStartedDestroysItsArguments) {
    Census census;
    FakeLoop loop;
    Task<int> task = value_of(Counted(census, 1));
    task = value_of(Counted(census, 2));
    EXPECT_EQ(census.live, 1);
    EXPECT_EQ(run(loop, std::move(task)), 2);
    EXPECT_EQ(census.live, 0);
}

TEST(Task, AssigningToItselfKeepsIt) {
    Census census;
    FakeLoop loop;
    Task<int> task = value_of(Counted(census, 1));
    Task<int>& same = task;
    task = std::move(same);
    EXPECT_EQ(run(loop, std::move(task)), 1);
    EXPECT_EQ(census.live, 0);
}

TEST(Task, MovesItsArgumentsAndNeverCopiesThem) {
    Census census;
    FakeLoop loop;
    EXPECT_EQ(run(loop, value_of(Counted(census, 3))), 3);
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(Task, MovesItsResultAndNeverCopiesIt) {
    Census census;
    FakeLoop loop;
    auto body = [&]() -> Task<int> {
        const Counted now = co_await test::value_now(Counted(census, 1));
        const Counted later = co_await test::value_after(1ms, Counted(census, 2));
        co_return now.value() + later.value();
    };
    EXPECT_EQ(run(loop, body()), 3);
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(census.copies, 0);
}

TEST(Task, DestroysAResultThatWasNotTaken) {
    Census census;
    FakeLoop loop;
    auto body = [&]() -> Task<void> { co_await test::value_after(1ms, Counted(census)); };
    run(loop, body());
    EXPECT_EQ(census.live, 0);
}

TEST(Task, DestroysLocalsWhenAnExceptionLeavesIt) {
    Census census;
    FakeLoop loop;
    auto body = [&]() -> Task<void> {
        const Counted local(census);
        co_await throw_later();
    };
    EXPECT_THROW(run(loop, body()), std::runtime_error);
    EXPECT_EQ(census.live, 0);
}

TEST(Task, DestroysLocalsWhenItIsCancelledWhileWaiting) {
    Census census;
    FakeLoop loop;
    auto body = [&](Counted argument) -> Task<void> {
        const Counted local(census);
        co_await sleep_for(1s);
        EXPECT_EQ(argument.value(), 0) << "not reached";
    };
    test::StopAfter stop(loop, 1ms);
    EXPECT_THROW(run(loop, body(Counted(census, 1)), stop.token()), Cancelled);
    EXPECT_EQ(census.live, 0);
    EXPECT_EQ(loop.elapsed(), 1ms);
}

TEST(Task, LocalsDieBeforeTheAwaiterGoesOn) {
    Census census;
    FakeLoop loop;
    auto inner = [&]() -> Task<void> {
        const Counted local(census);
        co_await yield_now();
    };
    auto outer = [&]() -> Task<void> {
        co_await inner();
        EXPECT_EQ(census.live, 0);
    };
    run(loop, outer());
}

TEST(Task, MayEndWithoutWaitingWhenStopWasRequestedBefore) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, test::value_now(7), test::stopped()), 7);
}

TEST(Task, InheritsTheContextOfItsAwaiter) {
    FakeLoop loop;
    auto inner = []() -> Task<const Context*> {
        const Context& context = co_await this_task::context();
        co_return &context;
    };
    auto outer = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        EXPECT_EQ(context.scheduler, &loop);
        EXPECT_TRUE(context.stop.stop_requested());
        const Context* inherited = co_await inner();
        EXPECT_EQ(inherited, &context);
    };
    run(loop, outer(), test::stopped());
}

TEST(Task, AwaitsWithoutWaitingDoNotDeepenTheStack) {
    FakeLoop loop;
    auto body = []() -> Task<int> {
        int sum = 0;
        for (int i = 0; i < kMany; ++i) {
            sum += co_await test::value_now(1);
        }
        co_return sum;
    };
    EXPECT_EQ(run(loop, body()), kMany);
}

TEST(Task, AwaitsThatWaitDoNotDeepenTheStack) {
    FakeLoop loop;
    auto step = []() -> Task<int> {
        co_await yield_now();
        co_return 1;
    };
    auto body = [&]() -> Task<int> {
        int sum = 0;
        for (int i = 0; i < kMany; ++i) {
            sum += co_await step();
        }
        co_return sum;
    };
    EXPECT_EQ(run(loop, body()), kMany);
}

TEST(Task, FailuresInALoopDoNotDeepenTheStack) {
    FakeLoop loop;
    auto body = []() -> Task<int> {
        int caught = 0;
        for (int i = 0; i < 1'000; ++i) {
            try {
                co_await throw_now();
            } catch (const std::runtime_error&) {
                ++caught;
            }
        }
        co_return caught;
    };
    EXPECT_EQ(run(loop, body()), 1'000);
}

Task<int> nested(int depth) {
    if (depth == 0) {
        co_await yield_now();
        co_return 0;
    }
    const int below = co_await nested(depth - 1);
    co_return below + 1;
}

TEST(Task, ResumesAThousandLevelsOneByOne) {
    FakeLoop loop;
    EXPECT_EQ(run(loop, nested(1'000)), 1'000);
}

TEST(TaskDeathTest, AwaitingTwiceStopsTheProgram) {
    auto body = []() -> Task<void> {
        Task<int> task = test::value_now(1);
        co_await std::move(task);
        co_await std::move(task);
    };
    FakeLoop loop;
    EXPECT_DEATH(run(loop, body()), "a Task was awaited twice");
}

TEST(TaskDeathTest, DestroyingASuspendedOneStopsTheProgram) {
    std::optional<Task<void>> task;
    auto wait = [&]() -> Task<void> { co_await std::move(*task); };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        task.emplace(test::done_after(1s));
        group.start(wait());
        task.reset();
        co_await group.join();
    };
    FakeLoop loop;
    EXPECT_DEATH(run(loop, body()), "a suspended Task was destroyed");
}

}  // namespace
}  // namespace runnel
