#include "pipeline/batch_order.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "support/fake_loop.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<std::uint64_t>;

class BatchOrderTest : public testing::Test {
protected:
    /// A batch that works for a while and then prints, if it succeeds.
    Task<void> batch(std::uint64_t number, Duration works, bool succeeds = true) {
        in_flight.begin();
        co_await sleep_for(works);
        if (succeeds) {
            co_await order.turn(number);
            printed.push_back(number);
        }
        order.end(number);
        in_flight.end();
    }
    Task<void> run_batches(bool second_succeeds) {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (const std::uint64_t number : {5U, 6U, 7U, 8U}) {
            order.begin(number);
        }
        group.start(batch(5, 3s));
        group.start(batch(6, 4s, second_succeeds));
        group.start(batch(7, 1s));
        group.start(batch(8, 2s));
        co_await sleep_for(2500ms);
        in_flight_meanwhile = in_flight.count();
        co_await group.join();
    }
    Task<void> stop_a_wait() {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        order.begin(1);
        order.begin(2);
        group.start(batch(2, 0s));
        co_await sleep_for(1s);
        group.request_stop();
        co_await group.join();
    }

    test::FakeLoop loop;
    InFlight in_flight;
    BatchOrder order{in_flight};
    Numbers printed;
    std::size_t in_flight_meanwhile = 0;
};

TEST_F(BatchOrderTest, IsThatOfTheNumbers) {
    run(loop, run_batches(true));
    EXPECT_EQ(printed, (Numbers{5, 6, 7, 8}));
    EXPECT_EQ(in_flight_meanwhile, 2U);
    EXPECT_EQ(in_flight.count(), 0U);
    EXPECT_EQ(loop.elapsed(), 4s);
}

TEST_F(BatchOrderTest, SkipsABatchThatPrintsNothing) {
    run(loop, run_batches(false));
    EXPECT_EQ(printed, (Numbers{5, 7, 8}));
}

TEST_F(BatchOrderTest, EndsAWaitWhenStopIsRequested) {
    run(loop, stop_a_wait());
    EXPECT_EQ(printed, Numbers());
    EXPECT_EQ(in_flight.count(), 1U) << "it is back from its wait";
}

}  // namespace
}  // namespace runnel
