#include "io/loop_thread.hpp"

#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <future>
#include <latch>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "async/sleep.hpp"
#include "support/tasks.hpp"
#include "support/warnings.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

Task<int> fail(std::string message) {
    throw std::runtime_error(message);
    co_return 0;
}

template <class T>
std::string failure_of(Future<T>& future) {
    try {
        static_cast<void>(future.get());
        return "none";
    } catch (const std::exception& exception) {
        return exception.what();
    }
}

/// Keeps a loop busy, so that tasks submitted meanwhile stay Pending.
class BusyLoop {
public:
    explicit BusyLoop(LoopThread& thread) : future_(thread.submit(hold(begun_, released_))) {
        begun_.wait();
    }
    BusyLoop(const BusyLoop&) = delete;
    BusyLoop& operator=(const BusyLoop&) = delete;
    ~BusyLoop() {
        if (!released_.try_wait()) {
            release();
        }
    }
    void release() {
        released_.count_down();
        future_.get();
    }

private:
    static Task<void> hold(std::latch& begun, std::latch& released) {
        begun.count_down();
        released.wait();
        co_return;
    }

    std::latch begun_{1};
    std::latch released_{1};
    Future<void> future_;
};

TEST(LoopThread, ReturnsTheValueOfATask) {
    LoopThread thread;
    Future<int> future = thread.submit(test::value_after(1ms, 42));
    EXPECT_EQ(future.get(), 42);
    EXPECT_EQ(future.state(), TaskState::Done);
}

TEST(LoopThread, RunsTasksInItsThread) {
    LoopThread thread;
    const auto where = [](Loop&) -> Task<std::thread::id> { co_return std::this_thread::get_id(); };
    const std::thread::id first = thread.submit(where).get();
    EXPECT_NE(first, std::this_thread::get_id());
    EXPECT_EQ(thread.submit(where).get(), first);
}

TEST(LoopThread, RunsTasksWithoutAValueAndWithMoveOnlyValues) {
    LoopThread thread;
    EXPECT_NO_THROW(thread.submit(test::done_after(1ms)).get());
    Future<std::unique_ptr<int>> future = thread.submit(
        [](Loop&) -> Task<std::unique_ptr<int>> { co_return std::make_unique<int>(7); });
    EXPECT_EQ(*future.get(), 7);
}

TEST(LoopThread, ThrowsWhatATaskThrewAndContinues) {
    LoopThread thread;
    Future<int> other = thread.submit(test::value_after(2ms, 1));
    Future<int> failed = thread.submit(fail("no"));
    EXPECT_EQ(failure_of(failed), "no");
    EXPECT_EQ(failed.state(), TaskState::Done);
    EXPECT_EQ(other.get(), 1);
}

TEST(LoopThread, PassesItsLoopToAFactory) {
    LoopThread thread;
    auto text = std::make_unique<std::string>("captured");
    Future<std::string> future =
        thread.submit([text = std::move(text)](Loop& loop) -> Task<std::string> {
            bool called = false;
            loop.call_from_thread([&] { called = true; });
            while (!called) {
                co_await sleep_for(1ms);
            }
            co_return *text;
        });
    EXPECT_EQ(future.get(), "captured");
}

TEST(LoopThread, ThrowsWhatAFactoryThrew) {
    LoopThread thread;
    Future<int> future =
        thread.submit([](Loop&) -> Task<int> { throw std::runtime_error("no client"); });
    EXPECT_EQ(failure_of(future), "no client");
}

TEST(LoopThread, ItsThreadBlocksSignals) {
    LoopThread thread;
    Future<bool> future = thread.submit([](Loop&) -> Task<bool> {
        sigset_t blocked;
        sigemptyset(&blocked);
        pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
        co_return sigismember(&blocked, SIGTERM) == 1;
    });
    EXPECT_TRUE(future.get());
}

TEST(LoopThread, StartsTasksInTheOrderOfTheirSubmission) {
    LoopThread thread;
    std::vector<int> order;
    std::vector<Future<void>> futures;
    for (int i = 0; i < 100; ++i) {
        futures.push_back(thread.submit([&order, i](Loop&) -> Task<void> {
            order.push_back(i);
            co_return;
        }));
    }
    for (Future<void>& future : futures) {
        future.get();
    }
    ASSERT_EQ(order.size(), 100U);
    for (int i = 0; i < 100; ++i) {
        EXPECT_EQ(order[static_cast<std::size_t>(i)], i);
    }
}

TEST(LoopThread, AcceptsTasksFromManyThreadsAndFromItsOwn) {
    LoopThread thread;
    std::atomic<int> sum = 0;
    std::vector<std::thread> submitters;
    for (int t = 0; t < 4; ++t) {
        submitters.emplace_back([&] {
            for (int i = 0; i < 1000; ++i) {
                sum += thread.submit(test::value_now(1)).get();
            }
        });
    }
    for (std::thread& submitter : submitters) {
        submitter.join();
    }
    EXPECT_EQ(sum, 4000);
    Future<Future<int>> inner = thread.submit(
        [&](Loop&) -> Task<Future<int>> { co_return thread.submit(test::value_after(1ms, 3)); });
    EXPECT_EQ(inner.get().get(), 3);
}

TEST(LoopThreadFuture, GoesFromPendingThroughRunningToDone) {
    LoopThread thread;
    std::latch begun(1);
    std::atomic<bool> release = false;
    BusyLoop busy(thread);
    Future<void> future = thread.submit([&](Loop&) -> Task<void> {
        begun.count_down();
        while (!release) {
            co_await sleep_for(1ms);
        }
    });
    EXPECT_EQ(future.state(), TaskState::Pending);
    busy.release();
    begun.wait();
    EXPECT_EQ(future.state(), TaskState::Running);
    EXPECT_FALSE(future.wait_for(1ms));
    EXPECT_FALSE(future.wait_for(0ms));
    release = true;
    EXPECT_TRUE(future.wait_for(1h));
    EXPECT_TRUE(future.wait_for(Duration::max()));
    EXPECT_EQ(future.state(), TaskState::Done);
    future.get();
}

TEST(LoopThreadFuture, CancelStopsATaskThatWaits) {
    LoopThread thread;
    Future<void> future = thread.submit(test::wait_for_stop());
    EXPECT_FALSE(future.wait_for(1ms));
    future.cancel();
    EXPECT_THROW(future.get(), Cancelled);
    EXPECT_EQ(future.state(), TaskState::Cancelled);
    EXPECT_THROW(future.get(), Cancelled);
}

TEST(LoopThreadFuture, CancelledWhilePendingTheBodyNeverRuns) {
    LoopThread thread;
    std::atomic<bool> began = false;
    BusyLoop busy(thread);
    Future<void> future = thread.submit([&](Loop&) -> Task<void> {
        began = true;
        co_return;
    });
    future.cancel();
    EXPECT_EQ(future.state(), TaskState::Pending) << "only the loop changes the state";
    busy.release();
    EXPECT_THROW(future.get(), Cancelled);
    EXPECT_FALSE(began);
}

TEST(LoopThreadFuture, CancelAfterTheEndChangesNothing) {
    LoopThread thread;
    Future<int> future = thread.submit(test::value_now(6));
    EXPECT_TRUE(future.wait_for(1h));
    future.cancel();
    EXPECT_EQ(future.state(), TaskState::Done);
    EXPECT_EQ(future.get(), 6);
}

TEST(LoopThreadFuture, ATaskMayReturnAValueAfterAStop) {
    LoopThread thread;
    Future<int> future = thread.submit([](Loop&) -> Task<int> {
        bool asked = false;
        try {
            co_await sleep_until(Deadline::never());
        } catch (const Cancelled&) {
            asked = true;
        }
        co_return asked ? 1 : 0;
    });
    EXPECT_FALSE(future.wait_for(1ms));
    future.cancel();
    EXPECT_EQ(future.get(), 1);
}

TEST(LoopThreadFuture, DroppingItLeavesTheTaskRunning) {
    LoopThread thread;
    std::promise<int> result;
    {
        const Future<void> dropped = thread.submit([&](Loop&) -> Task<void> {
            co_await sleep_for(2ms);
            result.set_value(3);
        });
    }
    EXPECT_EQ(result.get_future().get(), 3);
}

TEST(LoopThreadFuture, OutlivesItsLoopThread) {
    std::optional<Future<int>> done;
    std::optional<Future<void>> stopped;
    {
        LoopThread thread;
        done = thread.submit(test::value_now(4));
        stopped = thread.submit(test::wait_for_stop());
        EXPECT_TRUE(done->wait_for(1h));
    }
    done->cancel();
    stopped->cancel();
    EXPECT_EQ(done->get(), 4);
    EXPECT_THROW(stopped->get(), Cancelled);
}

/// Takes zero to a few turns (a turn has 16 rounds), and records as its last step that it returns a
/// value.
Task<int> value_soon(std::atomic<int>& given, int value) {
    for (int round = 0; round < value % 32; ++round) {
        co_await yield_now();
    }
    ++given;
    co_return value;
}

TEST(LoopThreadFuture, ACancelDuringTheCompletionHasOneOutcome) {
    constexpr int kRounds = 100;
    constexpr int kAtOnce = 1000;
    constexpr int kHalfway = 30 * 32 + 16;
    LoopThread thread;
    std::atomic<int> given = 0;
    int values = 0;
    int cancelled = 0;
    for (int round = 0; round < kRounds; ++round) {
        std::vector<Future<int>> futures;
        futures.reserve(kAtOnce);
        for (int i = 0; i < kAtOnce; ++i) {
            futures.push_back(thread.submit(value_soon(given, i)));
        }
        // By then about half of the tasks have ended.
        EXPECT_TRUE(futures[kHalfway].wait_for(1h));
        for (Future<int>& future : futures) {
            future.cancel();
        }
        for (int i = 0; i < kAtOnce; ++i) {
            try {
                EXPECT_EQ(futures[static_cast<std::size_t>(i)].get(), i);
                ++values;
            } catch (const Cancelled&) {
                ++cancelled;
            }
        }
    }
    EXPECT_EQ(values, given) << "a value was lost or duplicated";
    EXPECT_EQ(values + cancelled, kRounds * kAtOnce);
}

TEST(LoopThreadFinalize, WaitsForTasksThatEndInTime) {
    LoopThread thread;
    Future<int> future = thread.submit(test::value_after(5ms, 5));
    const LoopThread::Leftovers leftovers = thread.finalize(1h);
    EXPECT_TRUE(leftovers.cancelled.empty());
    EXPECT_TRUE(leftovers.failures.empty());
    EXPECT_EQ(future.get(), 5);
}

TEST(LoopThreadFinalize, ReturnsAtOnceIfIdle) {
    LoopThread thread;
    const LoopThread::Leftovers leftovers = thread.finalize(Duration::max());
    EXPECT_TRUE(leftovers.cancelled.empty());
}

TEST(LoopThreadFinalize, CancelsRunningTasksAndReportsTheirOrigin) {
    LoopThread thread;
    bool cleaned = false;
    Future<void> first = thread.submit(test::slow_to_stop<void>(5ms, cleaned));
    const int line = __LINE__ - 1;
    Future<void> second = thread.submit(test::wait_for_stop());
    Future<int> in_time = thread.submit(test::value_now(1));
    const LoopThread::Leftovers leftovers = thread.finalize(2ms);
    EXPECT_TRUE(cleaned) << "finalize() must wait for cancelled tasks";
    ASSERT_EQ(leftovers.cancelled.size(), 2U);
    EXPECT_EQ(leftovers.cancelled[0].line, line);
    EXPECT_EQ(leftovers.cancelled[1].line, line + 2);
    EXPECT_THROW(first.get(), Cancelled);
    EXPECT_THROW(second.get(), Cancelled);
    EXPECT_EQ(in_time.get(), 1);
}

TEST(LoopThreadFinalize, ReturnsUnseenFailures) {
    LoopThread thread;
    Future<int> seen = thread.submit(fail("seen"));
    EXPECT_EQ(failure_of(seen), "seen");
    Future<int> kept = thread.submit(fail("kept"));
    const int line = __LINE__ - 1;
    { const Future<int> dropped = thread.submit(fail("dropped")); }
    const LoopThread::Leftovers leftovers = thread.finalize(1h);
    ASSERT_EQ(leftovers.failures.size(), 2U);
    EXPECT_EQ(debug::describe(leftovers.failures[0].exception), "kept");
    EXPECT_EQ(leftovers.failures[0].made.line, line);
    EXPECT_EQ(debug::describe(leftovers.failures[1].exception), "dropped");
    EXPECT_EQ(failure_of(kept), "kept") << "the Future must still hold the failure";
}

TEST(LoopThreadFinalize, RefusesTasksAfterwards) {
    const test::Warnings warnings;
    LoopThread thread;
    thread.finalize(0ms);
    std::atomic<bool> began = false;
    Future<void> future = thread.submit([&](Loop&) -> Task<void> {
        began = true;
        co_return;
    });
    EXPECT_EQ(future.state(), TaskState::Cancelled);
    EXPECT_THROW(future.get(), Cancelled);
    future.cancel();
    EXPECT_FALSE(began);
    EXPECT_EQ(warnings.with("never awaited"), 0) << "a refused task must not be reported";
}

TEST(LoopThreadFinalize, RefusesTasksSubmittedByRunningTasks) {
    LoopThread thread;
    std::latch begun(1);
    Future<TaskState> future = thread.submit([&](Loop&) -> Task<TaskState> {
        begun.count_down();
        TaskState state = TaskState::Done;
        while (state != TaskState::Cancelled) {
            co_await sleep_for(1ms);
            state = thread.submit(test::done_after(0ms)).state();
        }
        co_return state;
    });
    begun.wait();
    EXPECT_TRUE(thread.finalize(1h).cancelled.empty());
    EXPECT_EQ(future.get(), TaskState::Cancelled);
}

TEST(LoopThreadFinalize, ASecondCallReturnsNothing) {
    LoopThread thread;
    Future<void> future = thread.submit(test::wait_for_stop());
    EXPECT_EQ(thread.finalize(0ms).cancelled.size(), 1U);
    EXPECT_TRUE(thread.finalize(0ms).cancelled.empty());
    EXPECT_THROW(future.get(), Cancelled);
}

Task<void> hold(std::shared_ptr<int> token, Duration span) {
    co_await sleep_for(span);
    EXPECT_EQ(*token, 1);
}

TEST(LoopThreadFinalize, DuringWorkLeaksNothingAndCompletesEveryFuture) {
    for (int round = 0; round < 20; ++round) {
        const auto token = std::make_shared<int>(1);
        LoopThread thread;
        std::atomic<bool> go_on = true;
        std::latch started(3);
        std::vector<std::vector<Future<void>>> futures(3);
        std::vector<std::thread> submitters;
        for (std::vector<Future<void>>& mine : futures) {
            submitters.emplace_back([&] {
                for (int i = 0; go_on && i < 1000; ++i) {
                    const auto span = i % 3 == 0 ? Duration(1h) : Duration(10us);
                    mine.push_back(thread.submit(hold(token, span)));
                    if (i == 20) {
                        started.count_down();
                    }
                }
            });
        }
        started.wait();
        static_cast<void>(thread.finalize(round % 2 == 0 ? 0ms : 1ms));
        go_on = false;
        for (std::thread& submitter : submitters) {
            submitter.join();
        }
        EXPECT_EQ(token.use_count(), 1);
        for (const std::vector<Future<void>>& mine : futures) {
            for (const Future<void>& future : mine) {
                EXPECT_NE(future.state(), TaskState::Pending);
                EXPECT_NE(future.state(), TaskState::Running);
            }
        }
    }
}

TEST(LoopThread, TheDestructorCancelsAndWaits) {
    bool cleaned = false;
    std::optional<Future<void>> future;
    {
        LoopThread thread;
        std::latch begun(1);
        future = thread.submit([&](Loop&) -> Task<void> {
            begun.count_down();
            co_await test::slow_to_stop<void>(2ms, cleaned);
        });
        begun.wait();
    }
    EXPECT_TRUE(cleaned);
    EXPECT_EQ(future->state(), TaskState::Cancelled);
}

TEST(LoopThreadUnseen, AFailureIsReportedWhenItsFutureIsDestroyed) {
    const test::Warnings warnings;
    {
        LoopThread thread;
        Future<int> seen = thread.submit(fail("seen"));
        EXPECT_EQ(failure_of(seen), "seen");
        Future<int> unseen = thread.submit(fail("died unseen"));
        EXPECT_TRUE(unseen.wait_for(1h));
        EXPECT_EQ(warnings.with("died unseen"), 0);
    }
    EXPECT_EQ(warnings.with("died unseen"), 1);
    EXPECT_EQ(warnings.with("loop_thread_test.cpp"), 1);
    EXPECT_EQ(warnings.with(" seen"), 0);
}

TEST(LoopThreadUnseen, AFailureAfterItsFutureWasDroppedIsReportedOnce) {
    const test::Warnings warnings;
    {
        LoopThread thread;
        BusyLoop busy(thread);
        { const Future<int> dropped = thread.submit(fail("after the drop")); }
        busy.release();
        EXPECT_EQ(thread.finalize(1h).failures.size(), 1U);
    }
    EXPECT_EQ(warnings.with("after the drop"), 1);
}

TEST(LoopThreadUnseen, AnOverwrittenFutureIsDropped) {
    const test::Warnings warnings;
    LoopThread thread;
    Future<int> future = thread.submit(fail("overwritten"));
    EXPECT_TRUE(future.wait_for(1h));
    future = thread.submit(test::value_now(1));
    EXPECT_EQ(warnings.with("overwritten"), 1);
    EXPECT_EQ(future.get(), 1);
}

TEST(LoopThreadDeathTest, WaitingOnTheLoopsThreadStopsTheProgram) {
    const auto die = [] {
        LoopThread thread;
        thread
            .submit([&](Loop&) -> Task<int> { co_return thread.submit(test::value_now(1)).get(); })
            .get();
    };
    EXPECT_DEATH(die(), "the thread of a loop waits for one of its own tasks");
}

TEST(LoopThreadDeathTest, FinalizedByItsOwnTaskStopsTheProgram) {
    const auto die = [] {
        LoopThread thread;
        thread
            .submit([&](Loop&) -> Task<void> {
                static_cast<void>(thread.finalize(0ms));
                co_return;
            })
            .get();
    };
    EXPECT_DEATH(die(), "a LoopThread was finalized by one of its own tasks");
}

TEST(LoopThreadDeathTest, AValueIsRetrievedOnce) {
    const auto die = [] {
        LoopThread thread;
        Future<int> future = thread.submit(test::value_now(1));
        static_cast<void>(future.get());
        static_cast<void>(future.get());
    };
    EXPECT_DEATH(die(), "the value of a Future was retrieved twice");
}

}  // namespace
}  // namespace runnel
