#include "pipeline/batcher.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "async/task_group.hpp"
#include "support/fake_loop.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

class BatcherTest : public testing::Test {
protected:
    struct Got {
        std::string text;
        Duration at;
        bool operator==(const Got&) const = default;
    };

    static BatchLimits lines(std::size_t most, Duration age = Duration::zero()) {
        BatchLimits limits;
        limits.lines = most;
        limits.age = age;
        return limits;
    }
    static BatchLimits bytes(std::uint64_t most, std::uint64_t per_line = 1) {
        BatchLimits limits;
        limits.bytes = ByteLimit(most, per_line);
        return limits;
    }

    static Batcher::MaxLines at_most(std::size_t lines) {
        return [lines] { return lines; };
    }
    /// Takes every batch, and is busy for a while after each.
    Task<void> take_all(Batcher& batcher, Duration busy = Duration::zero()) {
        for (;;) {
            const std::optional<Batch> batch = co_await batcher.next();
            if (!batch) {
                co_return;
            }
            got.push_back(Got{std::string(batch->text()), loop.elapsed()});
            co_await sleep_for(busy);
        }
    }
    /// Adds each line after a wait, without awaiting writable().
    Task<void> add_all(Batcher& batcher, std::vector<std::pair<Duration, std::string>> script) {
        for (const auto& [wait, line] : script) {
            co_await sleep_for(wait);
            co_await batcher.writable();
            batcher.add(line);
            added_at.push_back(loop.elapsed());
        }
        batcher.close();
    }
    Task<void> both(Batcher& batcher, std::vector<std::pair<Duration, std::string>> script,
                    Duration busy) {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(take_all(batcher, busy));
        group.start(add_all(batcher, std::move(script)));
        co_await group.join();
    }
    void play(const BatchLimits& limits, std::vector<std::pair<Duration, std::string>> script,
              Duration busy = Duration::zero()) {
        Batcher batcher(loop, limits, '\n');
        run(loop, both(batcher, std::move(script), busy));
    }
    std::vector<std::string> texts() const {
        std::vector<std::string> all;
        for (const Got& one : got) {
            all.push_back(one.text);
        }
        return all;
    }

    test::FakeLoop loop;
    std::vector<Got> got;
    std::vector<Duration> added_at;
};

using Texts = std::vector<std::string>;

TEST_F(BatcherTest, ReturnsABatchAsSoonAsItIsComplete) {
    play(lines(2), {{0ms, "a"}, {1s, "b"}, {1s, "c"}, {1s, "d"}});
    EXPECT_EQ(got, (std::vector<Got>{{"a\nb\n", 1s}, {"c\nd\n", 3s}}));
}

TEST_F(BatcherTest, ReturnsTheRestAtTheEndAtOnce) {
    play(lines(3, 1h), {{0ms, "a"}, {1s, "b"}, {1s, "c"}, {1s, "d"}});
    EXPECT_EQ(got, (std::vector<Got>{{"a\nb\nc\n", 2s}, {"d\n", 3s}}));
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 3s) << "no timer remains";
}

TEST_F(BatcherTest, ReturnsNothingWithoutLines) {
    play(lines(3, 1s), {});
    EXPECT_TRUE(got.empty());
}

TEST_F(BatcherTest, CountsTheAgeFromTheFirstLineOfTheBatch) {
    play(lines(100, 200ms),
         {{0ms, "a"}, {150ms, "b"}, {1s, "c"}, {199ms, "d"}, {1ms, "e"}, {150ms, "f"}});
    EXPECT_EQ(got, (std::vector<Got>{{"a\nb\n", 200ms}, {"c\nd\n", 1350ms}, {"e\nf\n", 1500ms}}));
}

TEST_F(BatcherTest, RestartsTheAgeWithTheLineThatDidNotFit) {
    BatchLimits limits = bytes(4);
    limits.age = 100ms;
    play(limits, {{0ms, "abc"}, {60ms, "de"}, {1s, "end"}});
    EXPECT_EQ(got[0], (Got{"abc\n", 0ms}));
    EXPECT_EQ(got[1], (Got{"de\n", 160ms}));
}

TEST_F(BatcherTest, NeverExceedsTheBytesLineEndsIncluded) {
    play(bytes(6), {{0ms, "ab"}, {0ms, "cd"}, {0ms, "e"}, {0ms, "fgh"}, {0ms, ""}, {0ms, "i"}});
    EXPECT_EQ(texts(), (Texts{"ab\ncd\n", "e\nfgh\n", "\ni\n"}));
}

TEST_F(BatcherTest, ReturnsABatchFullByBytesWithoutWaitingForAnotherLine) {
    play(bytes(6), {{0ms, "ab"}, {1s, "cd"}, {1s, "e"}});
    EXPECT_EQ(got[0], (Got{"ab\ncd\n", 1s}));
}

TEST_F(BatcherTest, MakesALineBeyondTheLimitABatchOfItsOwn) {
    play(bytes(6), {{0ms, "a"}, {0ms, "longer than that"}, {0ms, "b"}});
    EXPECT_EQ(texts(), (Texts{"a\n", "longer than that\n", "b\n"}));
}

TEST_F(BatcherTest, CountsTheOverheadOfALine) {
    play(bytes(24, 10), {{0ms, "aa"}, {0ms, "bb"}, {0ms, "c"}});
    EXPECT_EQ(texts(), (Texts{"aa\nbb\n", "c\n"}));
}

TEST_F(BatcherTest, KeepsBothByteLimits) {
    BatchLimits limits = bytes(100);
    limits.arguments = ByteLimit(20, 9);
    play(limits, {{0ms, "a"}, {0ms, "b"}, {0ms, "c"}});
    EXPECT_EQ(texts(), (Texts{"a\nb\n", "c\n"}));
}

TEST_F(BatcherTest, HoldsTheProducerBackWhileACompleteBatchIsNotTaken) {
    play(lines(2), {{0ms, "1"}, {0ms, "2"}, {0ms, "3"}, {0ms, "4"}, {0ms, "5"}}, 10s);
    EXPECT_EQ(got, (std::vector<Got>{{"1\n2\n", 0s}, {"3\n4\n", 10s}, {"5\n", 20s}}));
    // The first batch is taken, the second complete: the fifth line waits.
    EXPECT_EQ(added_at, (std::vector<Duration>{0s, 0s, 0s, 0s, 10s}));
}

TEST_F(BatcherTest, LetsADueBatchGrowUntilItIsTaken) {
    play(lines(3, 1s), {{0ms, "a"}, {1500ms, "b"}, {3s, "c"}}, 4s);
    EXPECT_EQ(got, (std::vector<Got>{{"a\n", 1s}, {"b\nc\n", 5s}}));
}

TEST_F(BatcherTest, NumbersItsBatchesAndCountsItsLines) {
    Batcher batcher(loop, lines(2), '\n');
    for (const char* line : {"a", "b", "c"}) {
        batcher.add(line);
    }
    batcher.close();
    EXPECT_EQ(run(loop, batcher.next())->number, 1U);
    EXPECT_EQ(run(loop, batcher.next())->number, 2U);
    EXPECT_FALSE(run(loop, batcher.next()).has_value());
    EXPECT_EQ(batcher.lines(), 3U);
    EXPECT_EQ(batcher.batches(), 2U);
}

TEST_F(BatcherTest, GivesNoMoreLinesThanAreWanted) {
    Batcher batcher(loop, lines(4), '\n');
    for (const char* line : {"a", "b", "c", "d", "e"}) {
        batcher.add(line);
    }
    EXPECT_EQ(run(loop, batcher.next(at_most(1)))->text(), "a\n");
    EXPECT_FALSE(batcher.is_writable());
    EXPECT_EQ(run(loop, batcher.next(at_most(2)))->text(), "b\nc\n");
    EXPECT_EQ(run(loop, batcher.next(at_most(9)))->text(), "d\n");
    EXPECT_TRUE(batcher.is_writable());
    batcher.close();
    EXPECT_EQ(run(loop, batcher.next(at_most(9)))->text(), "e\n");
    EXPECT_FALSE(run(loop, batcher.next(at_most(9))).has_value());
    EXPECT_EQ(batcher.batches(), 4U);
}

TEST_F(BatcherTest, GivesEveryLineAtOnceIfAsked) {
    BatchLimits limits = lines(1000);
    limits.at_once = true;
    Batcher batcher(loop, limits, '\n');
    batcher.add("a");
    EXPECT_EQ(run(loop, batcher.next())->text(), "a\n");
    batcher.add("b");
    batcher.add("c");
    EXPECT_EQ(run(loop, batcher.next())->text(), "b\nc\n");
    EXPECT_EQ(loop.elapsed(), 0s);
}

TEST_F(BatcherTest, LosesNothingWhenTheConsumerIsStopped) {
    Batcher batcher(loop, lines(2, 1s), '\n');
    batcher.add("a");
    const test::StopAfter stop(loop, 500ms);
    EXPECT_THROW(run(loop, batcher.next(), stop.token()), Cancelled);
    EXPECT_EQ(run(loop, batcher.next())->text(), "a\n");
    EXPECT_EQ(loop.elapsed(), 1s);
    batcher.add("b");
    batcher.add("c");
    EXPECT_THROW(run(loop, batcher.next(), test::stopped()), Cancelled);
    EXPECT_EQ(run(loop, batcher.next())->text(), "b\nc\n");
}

TEST_F(BatcherTest, LosesNothingWhenTheProducerIsStoppedWhileItWaits) {
    Batcher batcher(loop, lines(1), '\n');
    batcher.add("a");
    const test::StopAfter stop(loop, 1s);
    auto wait = [&]() -> Task<void> { co_await batcher.writable(); };
    EXPECT_THROW(run(loop, wait(), stop.token()), Cancelled);
    batcher.add("b");  // was read already
    batcher.close();
    run(loop, take_all(batcher));
    EXPECT_EQ(texts(), (Texts{"a\n", "b\n"}));
}

TEST_F(BatcherTest, TakesAMillionLines) {
    Batcher batcher(loop, lines(1000), '\n');
    auto produce = [&]() -> Task<void> {
        for (int i = 0; i < 1'000'000; ++i) {
            co_await batcher.writable();
            batcher.add("line");
        }
        batcher.close();
    };
    auto together = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(take_all(batcher));
        group.start(produce());
        co_await group.join();
    };
    run(loop, together());
    EXPECT_EQ(got.size(), 1000U);
    EXPECT_EQ(batcher.lines(), 1'000'000U);
}

}  // namespace
}  // namespace runnel
