#include "app/batch/batch_dispatcher.hpp"

#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "support/descriptors.hpp"
#include "support/named_file.hpp"
#include "support/scripted_sink.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

class Owner final : public LineOwner {
public:
    void settle(std::size_t lines, const std::optional<Error>& failure) override {
        outcomes.push_back(std::to_string(lines) + (failure ? " " + failure->message() : ""));
    }
    Texts outcomes;
};

class BatchDispatcherTest : public testing::Test {
protected:
    BatchDispatcherTest() {
        options.lines = 2;
        options.retries = 0;
        EXPECT_TRUE(dead_letters.open(dead.path(), log).ok());
    }

    /// Delivers \a lines and waits until all are settled. \a stop: request a stop before.
    Task<void> deliver_all(BatchDispatcher& dispatcher, Texts lines, bool stop) {
        const Context& context = co_await this_task::context();
        TaskGroup work(context);
        if (stop) {
            work.request_stop();
        }
        std::uint64_t number = 0;
        for (const std::string& line : lines) {
            dispatcher.add(Line(line, ++number, line.size() > 20), owner);
        }
        dispatcher.close();
        co_await dispatcher.dispatch(work);
        co_await work.join();
        co_await dispatcher.finish();
    }
    BatchDispatcher::Counts deliver(const Texts& lines, bool stop = false) {
        const BatchPlan plan = *resolve_batch(options);
        BatchDispatcher dispatcher(loop, plan, sink, dead_letters, output, shutdown, log);
        run(loop, deliver_all(dispatcher, lines, stop));
        status = dispatcher.status();
        return dispatcher.counts();
    }
    std::string dead_content() const {
        std::ifstream file(dead.path(), std::ios::binary);
        return std::string(std::istreambuf_iterator<char>(file), {});
    }

    Loop loop;
    UniqueFd printed = test::make_file("");
    Log log{Log::Level::Quiet};
    Output output{loop, printed.get()};
    Shutdown shutdown{loop, output, log, Deadline::never(), 0s};
    BatchOptions options;
    test::ScriptedSink sink;
    test::NamedFile dead{""};
    DeadLetters dead_letters;
    std::shared_ptr<Owner> owner = std::make_shared<Owner>();
    ExitStatus status = ExitStatus::Success;
};

TEST_F(BatchDispatcherTest, NotifiesTheOwnersOfAcceptedLines) {
    const BatchDispatcher::Counts counts = deliver({"a", "b", "c"});
    EXPECT_EQ(sink.attempts(), (Texts{"a\nb\n#1", "c\n#1"}));
    EXPECT_EQ(owner->outcomes, (Texts{"2", "1"}));
    EXPECT_EQ(counts.lines, 3U);
    EXPECT_EQ(counts.accepted, 3U);
    EXPECT_EQ(counts.batches, 2U);
    EXPECT_EQ(status, ExitStatus::Success);
    EXPECT_EQ(dead_content(), "");
}

TEST_F(BatchDispatcherTest, KeepsLinesThatWereNotAccepted) {
    options.retries = 1;
    sink.say(Verdict::failed("first"));
    sink.say(Verdict::failed("second"));
    const BatchDispatcher::Counts counts = deliver({"a", "b", "c"});
    EXPECT_EQ(owner->outcomes, (Texts{"2 second", "1"}));
    EXPECT_EQ(dead_content(), R"({"line":"a","reason":"second","attempts":2})"
                              "\n"
                              R"({"line":"b","reason":"second","attempts":2})"
                              "\n");
    EXPECT_EQ(counts.accepted, 1U);
    EXPECT_EQ(counts.failed, 1U);
    EXPECT_EQ(counts.retries, 1U);
    EXPECT_EQ(status, ExitStatus::BatchFailed);
}

TEST_F(BatchDispatcherTest, DeliversTheLinesOfADividedBatchOneByOne) {
    options.lines = 3;
    sink.accept_first_lines();
    sink.say(Verdict::divided("the worker ended"));
    sink.say(Verdict::accepted());
    const BatchDispatcher::Counts counts = deliver({"a", "b", "c"});
    EXPECT_EQ(sink.attempts(), (Texts{"a\nb\nc\n#1", "b\n#1", "c\n#1"}));
    EXPECT_EQ(owner->outcomes, (Texts{"1", "1", "1"}));
    EXPECT_EQ(counts.accepted, 3U);
    EXPECT_EQ(counts.failed, 0U);
    EXPECT_EQ(status, ExitStatus::Success);
}

TEST_F(BatchDispatcherTest, GivesUpOnlyALineOfADividedBatch) {
    sink.say(Verdict::divided("the worker ended"));
    sink.say(Verdict::rejected("bad"));
    deliver({"a", "b"});
    EXPECT_EQ(sink.attempts(), (Texts{"a\nb\n#1", "a\n#1", "b\n#1"}));
    EXPECT_EQ(owner->outcomes, (Texts{"1 bad", "1"}));
    EXPECT_EQ(dead_content(), R"({"line":"a","reason":"bad","attempts":1})"
                              "\n");
    EXPECT_EQ(status, ExitStatus::BatchFailed);
}

TEST_F(BatchDispatcherTest, GivesUpOnlyALineThatCannotBeDelivered) {
    const std::string too_long(21, 'x');
    const BatchDispatcher::Counts counts = deliver({"a", too_long, "b"});
    EXPECT_EQ(sink.attempts(), (Texts{"a\nb\n#1"}));
    EXPECT_EQ(owner->outcomes.size(), 2U);
    EXPECT_EQ(owner->outcomes.back(), "2");
    EXPECT_NE(dead_content().find("\"attempts\":0"), std::string::npos);
    EXPECT_EQ(counts.lines, 3U);
    EXPECT_EQ(status, ExitStatus::BatchFailed);
}

TEST_F(BatchDispatcherTest, EndsTheRunIfTheSinkFails) {
    sink.say(Error(ErrorClass::Sink, "not found", ENOENT));
    deliver({"a"});
    EXPECT_TRUE(shutdown.stopped());
    EXPECT_EQ(shutdown.status(), ExitStatus::NotFound);
    EXPECT_EQ(owner->outcomes, (Texts{"1 not found"}));
}

TEST_F(BatchDispatcherTest, KeepsTheRestAfterAStopWithoutAnAttempt) {
    const BatchDispatcher::Counts counts = deliver({"a", "b", "c"}, true);
    EXPECT_TRUE(sink.attempts().empty());
    EXPECT_EQ(owner->outcomes, (Texts{"2 the run was stopped", "1 the run was stopped"}));
    EXPECT_EQ(counts.accepted, 0U);
    EXPECT_EQ(status, ExitStatus::Success) << "Shutdown has the status of the stop";
    EXPECT_NE(dead_content().find("{\"line\":\"c\""), std::string::npos);
}

TEST_F(BatchDispatcherTest, EndsTheRunIfDeadLettersCannotBeWritten) {
    ASSERT_TRUE(dead_letters.open("/dev/full", log));
    sink.say(Verdict::rejected("bad"));
    deliver({"a"});
    EXPECT_EQ(shutdown.status(), ExitStatus::OutputFailed);
}

}  // namespace
}  // namespace runnel
