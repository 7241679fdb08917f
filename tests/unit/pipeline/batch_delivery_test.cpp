#include "pipeline/batch_delivery.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "support/fake_loop.hpp"
#include "support/scripted_sink.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Kind = Verdict::Kind;
using Texts = std::vector<std::string>;

class BatchDeliveryTest : public testing::Test {
protected:
    BatchDeliveryTest() { batch.add("a"); }

    BatchDelivery delivery(std::size_t retries) {
        return BatchDelivery(
            sink, retries, random,
            [this](const Verdict& /*verdict*/) { return test::value_now(rooms-- > 0); },
            [this](const Batch& failed, const Verdict& verdict, Duration wait) {
                retried.push_back(std::to_string(failed.attempts) + " " + verdict.reason());
                waits.push_back(wait);
            });
    }
    Result<Verdict> deliver(std::size_t retries) {
        BatchDelivery tries = delivery(retries);
        return run(loop, tries.deliver(batch));
    }

    test::FakeLoop loop;
    http::Backoff::Random random = http::Backoff::Random(7);
    test::ScriptedSink sink;
    Batch batch = Batch('\n');
    int rooms = 0;  ///< How often room can be made.
    Texts retried;
    std::vector<Duration> waits;
};

TEST_F(BatchDeliveryTest, EndsWhenABatchIsAccepted) {
    EXPECT_EQ(deliver(2)->kind(), Kind::Accepted);
    EXPECT_EQ(sink.attempts(), (Texts{"a\n#1"}));
    EXPECT_EQ(loop.elapsed(), 0s);
}

TEST_F(BatchDeliveryTest, RetriesAFailedBatchUntilItIsAccepted) {
    sink.say(Verdict::failed("first"));
    sink.say(Verdict::failed("second"));
    EXPECT_EQ(deliver(2)->kind(), Kind::Accepted);
    EXPECT_EQ(sink.attempts(), (Texts{"a\n#1", "a\n#2", "a\n#3"}));
    EXPECT_EQ(retried, (Texts{"1 first", "2 second"}));
}

TEST_F(BatchDeliveryTest, GivesUpAfterTheRetries) {
    for (const char* reason : {"1", "2", "3", "4"}) {
        sink.say(Verdict::failed(reason));
    }
    const Result<Verdict> last = deliver(2);
    EXPECT_EQ(last->kind(), Kind::Failed);
    EXPECT_EQ(last->reason(), "3");
    EXPECT_EQ(batch.attempts, 3U);
}

TEST_F(BatchDeliveryTest, MakesNoRetryIfNoneIsAllowed) {
    sink.say(Verdict::failed("1"));
    EXPECT_EQ(deliver(0)->kind(), Kind::Failed);
    EXPECT_EQ(batch.attempts, 1U);
    EXPECT_TRUE(retried.empty());
}

TEST_F(BatchDeliveryTest, DoesNotCountAnAttemptForWhichThereIsNoRoom) {
    rooms = 2;
    sink.say(Verdict::no_room("full"));
    sink.say(Verdict::no_room("full"));
    EXPECT_EQ(deliver(0)->kind(), Kind::Accepted);
    EXPECT_EQ(sink.attempts(), (Texts{"a\n#1", "a\n#1", "a\n#1"}));
    EXPECT_EQ(batch.attempts, 1U);
    EXPECT_EQ(loop.elapsed(), 0s);
}

TEST_F(BatchDeliveryTest, FailsForAllBatchesIfThereIsNoRoomInTheEnd) {
    for (int i = 0; i < 3; ++i) {
        sink.say(Verdict::no_room("full"));
    }
    const Result<Verdict> last = deliver(2);
    ASSERT_FALSE(last.ok());
    EXPECT_EQ(last.error().error_class(), ErrorClass::Internal);
    EXPECT_EQ(last.error().message(), "full");
    EXPECT_EQ(retried.size(), 2U);
    EXPECT_EQ(batch.attempts, 0U);
}

TEST_F(BatchDeliveryTest, DoesNotRetryARejectedBatch) {
    sink.say(Verdict::rejected("bad data"));
    const Result<Verdict> last = deliver(5);
    EXPECT_EQ(last->kind(), Kind::Rejected);
    EXPECT_EQ(last->reason(), "bad data");
    EXPECT_EQ(batch.attempts, 1U);
}

TEST_F(BatchDeliveryTest, DoesNotCountNotNowAsARetry) {
    for (int i = 0; i < 50; ++i) {
        sink.say(Verdict::not_now("busy"));
    }
    sink.say(Verdict::failed("broken"));
    EXPECT_EQ(deliver(1)->kind(), Kind::Accepted);
    EXPECT_EQ(batch.attempts, 52U);
}

TEST_F(BatchDeliveryTest, WaitsLongerAndLongerBetweenAttempts) {
    for (int i = 0; i < 30; ++i) {
        sink.say(i % 2 == 0 ? Verdict::not_now("busy") : Verdict::failed("broken"));
    }
    EXPECT_EQ(deliver(100)->kind(), Kind::Accepted);
    Duration bound = http::Backoff::kFirstBound;
    Duration sum = 0s;
    for (const Duration wait : waits) {
        EXPECT_LE(wait, bound);
        bound = std::min(2 * bound, http::Backoff::kLastBound);
        sum += wait;
    }
    EXPECT_EQ(waits.size(), 30U);
    EXPECT_EQ(loop.elapsed(), sum);
    EXPECT_GT(sum, 60s);
}

TEST_F(BatchDeliveryTest, ReturnsTheErrorOfASink) {
    sink.say(Error(ErrorClass::Sink, "not found", 2));
    const Result<Verdict> last = deliver(5);
    ASSERT_FALSE(last.ok());
    EXPECT_EQ(last.error().message(), "not found");
    EXPECT_EQ(batch.attempts, 1U);
}

TEST_F(BatchDeliveryTest, StartsNoAttemptAfterAStop) {
    BatchDelivery tries = delivery(2);
    EXPECT_THROW(static_cast<void>(run(loop, tries.deliver(batch), test::stopped())), Cancelled);
    EXPECT_TRUE(sink.attempts().empty());
}

TEST_F(BatchDeliveryTest, IsCancelledWhileItWaits) {
    for (int i = 0; i < 1000; ++i) {
        sink.say(Verdict::not_now("busy"));
    }
    const test::StopAfter stop(loop, 60s);
    BatchDelivery tries = delivery(2);
    EXPECT_THROW(static_cast<void>(run(loop, tries.deliver(batch), stop.token())), Cancelled);
    EXPECT_EQ(loop.elapsed(), 60s);
}

}  // namespace
}  // namespace runnel
