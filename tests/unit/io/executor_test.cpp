#include "io/executor.hpp"

#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>
#include <barrier>
#include <csignal>
#include <cstdint>
#include <functional>
#include <latch>
#include <memory>
#include <numeric>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "async/event.hpp"
#include "async/task_group.hpp"
#include "io/loop.hpp"
#include "support/counted.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

int twice(int number) { return 2 * number; }

Task<int> run_twice(Executor& executor, int number) {
    const int value = co_await executor.run(twice, number);
    co_return value;
}

TEST(Executor, ReturnsTheValueOfACall) {
    Loop loop;
    Executor executor(loop, 2);
    EXPECT_EQ(executor.threads(), 2U);
    EXPECT_EQ(run(loop, run_twice(executor, 21)), 42);
}

TEST(Executor, RunsACallInAThreadOfItsOwn) {
    Loop loop;
    Executor executor(loop, 1);
    std::thread::id id;
    auto body = [&]() -> Task<void> {
        id = co_await executor.run(std::this_thread::get_id);
        co_await executor.run([&] { EXPECT_EQ(std::this_thread::get_id(), id); });
    };
    run(loop, body());
    EXPECT_NE(id, std::this_thread::get_id());
}

TEST(Executor, ThrowsWhatTheCallThrew) {
    Loop loop;
    Executor executor(loop, 1);
    const auto fail = [](const std::string& message) -> int { throw std::runtime_error(message); };
    auto body = [&]() -> Task<void> {
        const int value = co_await executor.run(fail, std::string("no such disk"));
        ADD_FAILURE() << value;
    };
    try {
        run(loop, body());
        ADD_FAILURE() << "the call must throw";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "no such disk");
    }
}

TEST(Executor, MovesArgumentsAndValues) {
    Loop loop;
    Executor executor(loop, 1);
    const auto add_one = [](std::unique_ptr<int> number) {
        ++*number;
        return number;
    };
    auto body = [&]() -> Task<void> {
        auto number = std::make_unique<int>(1);
        const std::unique_ptr<int> more = co_await executor.run(add_one, std::move(number));
        EXPECT_EQ(*more, 2);
    };
    run(loop, body());
}

TEST(Executor, DestroysArgumentsOnce) {
    Loop loop;
    Executor executor(loop, 1);
    test::Census census;
    const auto value_of = [](const test::Counted& counted) { return counted.value(); };
    auto body = [&]() -> Task<void> {
        const int value = co_await executor.run(value_of, test::Counted(census, 3));
        EXPECT_EQ(value, 3);
        EXPECT_EQ(census.live, 0);
    };
    run(loop, body());
    EXPECT_EQ(census.copies, 0);
}

TEST(Executor, RunsAsManyCallsAtOnceAsItHasThreads) {
    constexpr int kThreads = 4;
    Loop loop;
    Executor executor(loop, kThreads);
    // A call passes the barrier only when enough calls run at once.
    std::barrier all_inside(kThreads);
    std::atomic<int> inside = 0;
    std::atomic<bool> too_many = false;
    const auto meet = [&] {
        if (++inside > kThreads) {
            too_many = true;
        }
        all_inside.arrive_and_wait();
        --inside;
    };
    auto call = [&]() -> Task<void> { co_await executor.run(meet); };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (int i = 0; i < 3 * kThreads; ++i) {
            group.start(call());
        }
        co_await group.join();
    };
    run(loop, body());
    EXPECT_FALSE(too_many);
    EXPECT_EQ(inside, 0);
}

TEST(Executor, BeginsCallsInTheirOrder) {
    Loop loop;
    Executor executor(loop, 1);
    std::vector<int> order;
    auto call = [&](int id) -> Task<void> {
        const auto note = [&order](int number) { order.push_back(number); };
        co_await executor.run(note, id);
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (int i = 0; i < 100; ++i) {
            group.start(call(i));
        }
        co_await group.join();
    };
    run(loop, body());
    std::vector<int> expected(100);
    std::iota(expected.begin(), expected.end(), 0);
    EXPECT_EQ(order, expected);
}

TEST(Executor, DoesNotBlockTheLoop) {
    Loop loop;
    Executor executor(loop, 1);
    std::latch release(1);
    auto block = [&]() -> Task<void> { co_await executor.run([&] { release.wait(); }); };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(block());
        co_await sleep_for(1ms);
        EXPECT_EQ(group.running(), 1U);
        release.count_down();
        co_await group.join();
    };
    run(loop, body());
}

TEST(Executor, AStopBeforeTheCallIsAwaitedNeverRunsIt) {
    Loop loop;
    Executor executor(loop, 1);
    EXPECT_THROW(run(loop, run_twice(executor, 1), test::stopped()), Cancelled);
}

/// An executor whose only thread is busy until release(), so that the next call waits.
class Busy {
public:
    explicit Busy(Executor& executor) : executor_(executor) {}
    Task<void> run() {
        co_await executor_.run([this] {
            begun_.count_down();
            released_.wait();
        });
    }
    void wait_until_begun() { begun_.wait(); }
    void release() { released_.count_down(); }

private:
    Executor& executor_;
    std::latch begun_{1};
    std::latch released_{1};
};

TEST(Executor, AStopBeforeTheCallBeganNeverRunsItAndDoesNotWait) {
    Loop loop;
    Executor executor(loop, 1);
    Busy busy(executor);
    bool ran = false;
    bool cancelled = false;
    auto queued = [&]() -> Task<void> {
        try {
            co_await executor.run([&] { ran = true; });
        } catch (const Cancelled&) {
            cancelled = true;
            throw;
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup running(context);
        TaskGroup waiting(context);
        running.start(busy.run());
        waiting.start(queued());
        busy.wait_until_begun();
        waiting.request_stop();
        co_await waiting.join();
        EXPECT_TRUE(cancelled);
        EXPECT_EQ(running.running(), 1U);
        busy.release();
        co_await running.join();
    };
    run(loop, body());
    EXPECT_FALSE(ran);
}

TEST(Executor, AStopWhileTheCallRunsWaitsForItAndThenThrows) {
    Loop loop;
    Executor executor(loop, 1);
    Busy busy(executor);
    bool cancelled = false;
    auto call = [&]() -> Task<void> {
        try {
            co_await busy.run();
        } catch (const Cancelled&) {
            cancelled = true;
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(call());
        busy.wait_until_begun();
        group.request_stop();
        co_await sleep_for(1ms);
        EXPECT_EQ(group.running(), 1U);
        busy.release();
        co_await group.join();
    };
    run(loop, body());
    EXPECT_TRUE(cancelled);
}

TEST(Executor, AFailureWinsOverTheStopOfARunningCall) {
    Loop loop;
    Executor executor(loop, 1);
    std::latch begun(1);
    std::latch release(1);
    auto call = [&]() -> Task<void> {
        co_await executor.run([&] {
            begun.count_down();
            release.wait();
            throw std::runtime_error("disk full");
        });
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(call());
        begun.wait();
        group.request_stop();
        release.count_down();
        co_await group.join();
    };
    EXPECT_THROW(run(loop, body()), std::runtime_error);
}

/// Calls a function right after each call from a thread, before a task continues.
class HookedCalls final : public Scheduler {
public:
    HookedCalls(Loop& loop, std::function<void()> before, std::function<void()> after)
        : loop_(loop), before_(std::move(before)), after_(std::move(after)) {}

    [[nodiscard]] TimePoint now() const noexcept override { return loop_.now(); }
    void post(std::coroutine_handle<> waiter) override { loop_.post(waiter); }
    void call_at(Timer& timer, TimePoint when) override { loop_.call_at(timer, when); }
    void cancel(Timer& timer) noexcept override { loop_.cancel(timer); }
    void call_from_thread(std::function<void()> callback) override {
        loop_.call_from_thread([this, callback = std::move(callback)] {
            before_();
            callback();
            after_();
        });
    }

private:
    Loop& loop_;
    std::function<void()> before_;
    std::function<void()> after_;
};

TEST(Executor, AStopInTheTurnOfTheCompletionCountsOnlyWhenItComesFirst) {
    Loop loop;
    const auto nothing = [] {};
    std::stop_source first;
    HookedCalls stop_first(
        loop, [&] { first.request_stop(); }, nothing);
    Executor late(stop_first, 1);
    EXPECT_THROW(run(loop, run_twice(late, 4), first.get_token()), Cancelled);

    std::stop_source second;
    HookedCalls stop_second(loop, nothing, [&] { second.request_stop(); });
    Executor in_time(stop_second, 1);
    EXPECT_EQ(run(loop, run_twice(in_time, 4), second.get_token()), 8);
}

TEST(Executor, HundredThousandCallsFromAHundredTasks) {
    Loop loop;
    Executor executor(loop, 2);
    std::int64_t sum = 0;
    auto call_often = [&]() -> Task<void> {
        for (int i = 0; i < 1000; ++i) {
            sum += co_await executor.run(twice, i);
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (int i = 0; i < 100; ++i) {
            group.start(call_often());
        }
        co_await group.join();
    };
    run(loop, body());
    EXPECT_EQ(sum, 100 * 999'000);
}

TEST(Executor, StopsAtAnyTimeLoseNoCall) {
    Loop loop;
    Executor executor(loop, 2);
    std::atomic<int> ran = 0;
    int given = 0;
    int cancelled = 0;
    auto call = [&]() -> Task<void> {
        try {
            co_await executor.run([&] { ++ran; });
            ++given;
        } catch (const Cancelled&) {
            ++cancelled;
            throw;
        }
    };
    auto body = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        for (int round = 0; round < 200; ++round) {
            TaskGroup group(context);
            for (int i = 0; i < 20; ++i) {
                group.start(call());
            }
            if (round % 2 == 0) {
                co_await yield_now();
            }
            group.request_stop();
            co_await group.join();
        }
    };
    run(loop, body());
    EXPECT_EQ(given + cancelled, 4000);
    EXPECT_GE(ran, given);
}

TEST(Executor, ItsThreadsBlockSignals) {
    Loop loop;
    Executor executor(loop, 1);
    const auto mask = [] {
        sigset_t blocked;
        sigemptyset(&blocked);
        pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
        return sigismember(&blocked, SIGTERM) == 1 && sigismember(&blocked, SIGINT) == 1 &&
               sigismember(&blocked, SIGSEGV) == 0;
    };
    auto body = [&]() -> Task<bool> {
        const bool left = co_await executor.run(mask);
        co_return left;
    };
    EXPECT_TRUE(run(loop, body()));
    EXPECT_FALSE(mask());
}

TEST(ExecutorDeathTest, NeedsAThread) {
    Loop loop;
    EXPECT_DEATH(Executor(loop, 0), "an Executor needs a thread");
}

TEST(ExecutorDeathTest, DestroyedBeforeItsCallsEndedStopsTheProgram) {
    const auto die = [] {
        Loop loop;
        auto executor = std::make_unique<Executor>(loop, 1);
        auto call = [&]() -> Task<void> { co_await executor->run([] {}); };
        auto body = [&]() -> Task<void> {
            const Context& context = co_await this_task::context();
            TaskGroup group(context);
            group.start(call());
            executor.reset();
            co_await group.join();
        };
        run(loop, body());
    };
    EXPECT_DEATH(die(), "an Executor was destroyed before its calls ended");
}

}  // namespace
}  // namespace runnel
