#include "io/loop.hpp"

#include <sys/resource.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include <pthread.h>

#include <gtest/gtest.h>

#include "async/event.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "support/warnings.hpp"

// ~Loop requires uv_loop_close() == 0, so every test here checks that.

namespace runnel {
namespace {

using namespace std::chrono_literals;

Task<void> note_after(Duration span, std::vector<int>& order, int number) {
    const TimePoint start = Clock::now();
    co_await sleep_for(span);
    EXPECT_GE(Clock::now() - start, span);
    order.push_back(number);
}

Task<void> sleep_side_by_side(std::vector<int>& order) {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group.start(note_after(30ms, order, 3));
    group.start(note_after(10ms, order, 1));
    group.start(note_after(20ms, order, 2));
    group.start(note_after(0ms, order, 0));
    co_await group.join();
}

TEST(Loop, ExpiresTimersInOrderAndNeverEarly) {
    Loop loop;
    std::vector<int> order;
    run(loop, sleep_side_by_side(order));
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3}));
}

Task<void> sleep_longer_than_another(bool& late) {
    Event never;
    const TimePoint start = Clock::now();
    co_await never.wait_until(Deadline(start + 5ms));
    co_await never.wait_until(Deadline(start + 10ms));
    late = Clock::now() - start > 1s;
}

TEST(Loop, RearmsForTheNextTimer) {
    Loop loop;
    bool late = true;
    run(loop, sleep_longer_than_another(late));
    EXPECT_FALSE(late);
}

Task<void> wait_for(Event& event) { co_await event.wait(); }

TEST(Loop, RunsCallsOfOtherThreads) {
    constexpr int kThreads = 4;
    constexpr int kCalls = 10'000;
    Loop loop;
    Event all;
    int calls = 0;
    std::vector<int> last(kThreads, -1);
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            for (int i = 0; i < kCalls; ++i) {
                loop.call_from_thread([&, t, i] {
                    EXPECT_EQ(std::exchange(last[static_cast<std::size_t>(t)], i), i - 1);
                    if (++calls == kThreads * kCalls) {
                        all.set();
                    }
                });
            }
        });
    }
    run(loop, wait_for(all));
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(calls, kThreads * kCalls);
}

/// Sleeps a few times; each sleep ends in a turn of its own.
Task<void> take_turns(const int& waits) {
    for (int i = 0; i < 3; ++i) {
        const int before = waits;
        co_await sleep_for(2ms);
        EXPECT_GE(waits, before + 1);
        // Libuv's timer may fire at most one turn too early.
        EXPECT_LE(waits, before + 3);
    }
}

TEST(Loop, CallsBackBeforeItWaitsWhileTheRegistrationLives) {
    Loop loop;
    int waits = 0;
    int others = 0;
    {
        const auto first = loop.before_wait([&] { ++waits; });
        auto second = loop.before_wait([&] { ++others; });
        const auto moved = std::move(second);
        run(loop, take_turns(waits));
        EXPECT_EQ(others, waits);
    }
    const int before = waits;
    std::vector<int> order;
    run(loop, note_after(2ms, order, 0));
    EXPECT_EQ(waits, before);
}

Task<void> hold_the_loop(Duration span) {
    co_await yield_now();
    std::this_thread::sleep_for(span);
    co_await yield_now();
    co_await sleep_for(1ms);
}

TEST(Loop, RecordsHowLongATurnTookAndNotHowLongItWaited) {
    Loop loop;
    run(loop, hold_the_loop(30ms));
    EXPECT_GE(loop.lag().max(), 30ms);
    Loop idle;
    std::vector<int> order;
    run(idle, note_after(100ms, order, 0));
    EXPECT_LT(idle.lag().max(), 90ms);
}

void hold() { std::this_thread::sleep_for(3ms); }

bool any_begins_with(const std::vector<std::string>& warnings, std::string_view beginning) {
    return std::any_of(warnings.begin(), warnings.end(),
                       [&](const std::string& warning) { return warning.starts_with(beginning); });
}

TEST(Loop, ReportsSlowCallbacksOfLibuv) {
    const test::Warnings warnings;
    const test::SlowAfter limit(2ms);
    Loop loop;
    auto* timer = new uv_timer_t;
    ASSERT_EQ(uv_timer_init(loop.raw(), timer), 0);
    const HandlePtr<uv_timer_t> owner(timer);
    ASSERT_EQ(uv_timer_start(
                  timer, [](uv_timer_t*) { hold(); }, 1, 0),
              0);
    std::vector<int> order;
    run(loop, note_after(10ms, order, 0));
    EXPECT_TRUE(any_begins_with(warnings.all(), "callbacks of libuv held the loop for "));
}

TEST(Loop, ReportsSlowCallbacksBeforeAWaitAndForAnotherThread) {
    const test::Warnings warnings;
    const test::SlowAfter limit(2ms);
    Loop loop;
    const auto before_wait = loop.before_wait(hold);
    std::vector<int> order;
    run(loop, note_after(1ms, order, 0));
    EXPECT_TRUE(any_begins_with(warnings.all(), "callback void (*)() held the loop for "));
    const auto by_thread = [] { hold(); };
    loop.call_from_thread(by_thread);
    run(loop, note_after(1ms, order, 0));
    EXPECT_TRUE(any_begins_with(
        warnings.all(), "callback Loop_ReportsSlowCallbacksBeforeAWaitAndForAnotherThread"));
}

TEST(Loop, DoesNotReportTheTimeItWaited) {
    const test::Warnings warnings;
    const test::SlowAfter limit(90ms);
    Loop loop;
    std::vector<int> order;
    run(loop, note_after(100ms, order, 0));
    EXPECT_FALSE(any_begins_with(warnings.all(), "callbacks of libuv"));
}

/// Sends a signal to the thread that creates it after a delay.
class Interruption {
public:
    explicit Interruption(Duration after) {
        struct sigaction action = {};
        action.sa_handler = [](int) {};
        ::sigaction(SIGUSR2, &action, &before_);
        thread_ = std::thread([after, target = ::pthread_self()] {
            std::this_thread::sleep_for(after);
            ::pthread_kill(target, SIGUSR2);
        });
    }
    Interruption(const Interruption&) = delete;
    Interruption& operator=(const Interruption&) = delete;
    ~Interruption() {
        thread_.join();
        ::sigaction(SIGUSR2, &before_, nullptr);
    }

private:
    struct sigaction before_ = {};
    std::thread thread_;
};

TEST(Loop, DoesNotCountAnInterruptedWaitAsWork) {
    const test::Warnings warnings;
    const test::SlowAfter limit(90ms);
    Loop loop;
    std::vector<int> order;
    {
        const Interruption interruption(150ms);
        run(loop, note_after(200ms, order, 0));
    }
    EXPECT_FALSE(any_begins_with(warnings.all(), "callbacks of libuv"));
    EXPECT_LT(loop.lag().max(), 90ms);
}

TEST(Loop, StopsATaskFromOutside) {
    Loop loop;
    Event never;
    std::stop_source stop;
    std::thread stopper([&] { loop.call_from_thread([&] { stop.request_stop(); }); });
    EXPECT_THROW(run(loop, wait_for(never), stop.get_token()), Cancelled);
    stopper.join();
}

TEST(Loop, ThrowsIfNoDescriptorsAreLeft) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "UBSan needs descriptors to check an exception";
#endif
    const auto without_descriptors = [] {
        rlimit few = {};
        few.rlim_cur = few.rlim_max = 3;
        ::setrlimit(RLIMIT_NOFILE, &few);
        try {
            const Loop loop;
        } catch (const std::system_error& failure) {
            std::_Exit(failure.code().value() == EMFILE ? 0 : 1);
        }
        std::_Exit(2);
    };
    EXPECT_EXIT(without_descriptors(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace runnel
