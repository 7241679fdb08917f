#include "app/batch/batch_jobs.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

/// Jobs that take a second each, on a system with resources for a number of them.
class BatchJobsTest : public testing::Test {
protected:
    Task<void> work() {
        Permit job = co_await jobs.acquire();
        jobs.begin();
        while (busy == room) {
            if (!jobs.another_at_work()) {
                ++refused;
                jobs.end(job);
                co_return;
            }
            co_await jobs.end_another();
        }
        most = std::max(most, ++busy);
        co_await sleep_for(1s);
        --busy;
        ++done;
        jobs.end(job);
    }
    Task<void> work_through(std::size_t batches) {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (std::size_t i = 0; i < batches; ++i) {
            group.start(work());
        }
        co_await group.join();
    }

    test::FakeLoop loop;
    BatchJobs jobs{8};
    std::size_t room = 8;
    std::size_t busy = 0;
    std::size_t most = 0;
    std::size_t done = 0;
    std::size_t refused = 0;
};

TEST_F(BatchJobsTest, RunSideBySide) {
    run(loop, work_through(16));
    EXPECT_EQ(done, 16U);
    EXPECT_EQ(most, 8U);
    EXPECT_EQ(loop.elapsed(), 2s);
    EXPECT_EQ(jobs.count(), 8U);
}

TEST_F(BatchJobsTest, BecomeAsManyAsThereAreResourcesFor) {
    room = 3;
    run(loop, work_through(30));
    EXPECT_EQ(done, 30U);
    EXPECT_EQ(most, 3U);
    EXPECT_EQ(loop.elapsed(), 10s);
    EXPECT_EQ(jobs.count(), 3U);
}

TEST_F(BatchJobsTest, RemainOneAtLeast) {
    room = 1;
    run(loop, work_through(16));
    EXPECT_EQ(done, 16U);
    EXPECT_EQ(jobs.count(), 1U);
}

TEST_F(BatchJobsTest, DoNotWaitForNothing) {
    room = 0;
    run(loop, work_through(5));
    EXPECT_EQ(refused, 5U);
    EXPECT_EQ(loop.elapsed(), 0s);
}

TEST_F(BatchJobsTest, CanBeStoppedWhileTheyWait) {
    room = 1;
    auto stopped = [this]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(work_through(3));
        co_await sleep_for(500ms);
        group.request_stop();
        co_await group.join();
    };
    run(loop, stopped());
    EXPECT_EQ(done, 0U);
}

}  // namespace
}  // namespace runnel
