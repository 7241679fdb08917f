#include "io/process_pool.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/gather.hpp"
#include "async/run.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "support/children.hpp"
#include "support/descriptors.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Pool = std::unique_ptr<ProcessPool>;
using Answer = Result<std::string>;

ProcessPoolOptions workers(std::vector<std::string> argv, std::size_t how_many = 1) {
    return ProcessPoolOptions(ProcessOptions(std::move(argv)), how_many);
}

ProcessPoolOptions scripts(const std::string& script, std::size_t how_many = 1) {
    return workers({"sh", "-c", script}, how_many);
}

Pool start(Loop& loop, ProcessPoolOptions options) {
    Result<Pool> pool = ProcessPool::start(loop, std::move(options));
    EXPECT_TRUE(pool.ok()) << pool.error().message();
    return std::move(pool).value();
}

std::string answer_to(Loop& loop, ProcessPool& pool, const std::string& question) {
    const Answer answer = run(loop, pool.ask(question));
    return answer.ok() ? answer.value() : "error: " + answer.error().message();
}

TEST(ProcessPool, AnswersEachLineWithOneLine) {
    Loop loop;
    const Pool pool = start(loop, workers({"tee", "--"}));
    EXPECT_EQ(answer_to(loop, *pool, "one"), "one");
    EXPECT_EQ(answer_to(loop, *pool, ""), "");
    EXPECT_EQ(answer_to(loop, *pool, "three"), "three");
    EXPECT_EQ(pool->started(), 1U);
}

TEST(ProcessPool, AnswersManyAtOnceInTheOrderOfTheQuestions) {
    Loop loop;
    const Pool pool = start(loop, workers({"cat"}, 3));
    std::vector<std::string> order;
    auto ask = [&](int i) -> Task<void> {
        const Answer answer = co_await pool->ask(std::to_string(i));
        EXPECT_EQ(answer.value(), std::to_string(i));
        order.push_back(answer.value());
    };
    std::vector<Task<void>> all;
    all.reserve(500);
    for (int i = 0; i < 500; ++i) {
        all.push_back(ask(i));
    }
    run(loop, gather(std::move(all)));
    EXPECT_EQ(order.size(), 500U);
    EXPECT_EQ(pool->started(), 3U);
}

TEST(ProcessPool, AsksOneWorkerInTheOrderOfTheCalls) {
    Loop loop;
    const Pool pool = start(loop, workers({"cat"}));
    std::string order;
    auto ask = [&](std::string name) -> Task<void> {
        const Answer answer = co_await pool->ask(std::move(name));
        order += answer.value();
    };
    run(loop, gather(test::tasks_of<void>(ask("a"), ask("b"), ask("c"), ask("d"))));
    EXPECT_EQ(order, "abcd");
}

TEST(ProcessPool, TransfersLinesThatAreLongerThanAPipe) {
    Loop loop;
    const Pool pool = start(loop, workers({"cat"}));
    const std::string line(std::size_t{2} << 20, 'x');
    EXPECT_EQ(answer_to(loop, *pool, line), line);
    EXPECT_EQ(answer_to(loop, *pool, "short"), "short");
}

TEST(ProcessPool, RefusesAnAnswerThatIsTooLong) {
    Loop loop;
    ProcessPoolOptions options = workers({"cat"});
    options.limits.max_answer = 10;
    const Pool pool = start(loop, std::move(options));
    const Answer answer = run(loop, pool->ask("0123456789a"));
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().error_class(), ErrorClass::TooLarge);
    EXPECT_EQ(answer_to(loop, *pool, "0123456789"), "0123456789");
    EXPECT_EQ(pool->started(), 2U);
}

TEST(ProcessPool, RefusesAQuestionOfTwoLines) {
    Loop loop;
    const Pool pool = start(loop, workers({"cat"}));
    EXPECT_EQ(run(loop, pool->ask("a\nb")).error().error_class(), ErrorClass::BadInput);
    EXPECT_EQ(answer_to(loop, *pool, "c"), "c");
}

TEST(ProcessPool, ReportsThatItsCommandCannotBeStarted) {
    Loop loop;
    const Result<Pool> pool = ProcessPool::start(loop, workers({"runnel-no-such-command"}));
    ASSERT_FALSE(pool.ok());
    EXPECT_EQ(pool.error().code(), ENOENT);
}

/// Echoes each line; exits with 3 at "die", does not answer "hang".
const char* const kFragile =
    "while read line; do case $line in die) exit 3;; hang) sleep 1000;; "
    "mute) exec sleep 1000 >&-;; twice) echo 1; echo 2;; *) echo $line;; esac; done";

/// Allows \a more descriptors than are open, as long as this lives.
class FewDescriptors {
public:
    explicit FewDescriptors(int more) {
        const int lowest = ::dup(STDIN_FILENO);
        ::close(lowest);
        ::getrlimit(RLIMIT_NOFILE, &before_);
        rlimit limit = before_;
        limit.rlim_cur = static_cast<rlim_t>(lowest + more);
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_ = {};
};

TEST(ProcessPool, HasFewerWorkersIfTheSystemLacksResourcesForAll) {
    Loop loop;
    const Pool warm = start(loop, workers({"cat"}));
    const FewDescriptors few(12);
    const Pool pool = start(loop, workers({"cat"}, 20));
    EXPECT_GT(pool->workers(), 1U);
    EXPECT_LT(pool->workers(), 7U);
    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(answer_to(loop, *pool, "x"), "x");
    }
    EXPECT_TRUE(run(loop, pool->close(1s)).ok());
}

TEST(ProcessPool, FailsIfThereAreNoResourcesForOneWorker) {
    Loop loop;
    const Pool warm = start(loop, workers({"cat"}));
    const FewDescriptors few(2);
    const Result<Pool> pool = ProcessPool::start(loop, workers({"cat"}, 20));
    ASSERT_FALSE(pool.ok());
    EXPECT_EQ(pool.error().code(), EMFILE);
}

TEST(ProcessPool, ReplacesAWorkerThatDied) {
    Loop loop;
    const Pool pool = start(loop, scripts(kFragile));
    EXPECT_EQ(answer_to(loop, *pool, "a"), "a");
    const Answer answer = run(loop, pool->ask("die"));
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().error_class(), ErrorClass::Sink);
    EXPECT_EQ(answer.error().message(), "sh: the worker exited with 3 instead of answering");
    EXPECT_EQ(pool->started(), 2U);
    EXPECT_EQ(answer_to(loop, *pool, "b"), "b");
    EXPECT_EQ(pool->started(), 2U);
}

TEST(ProcessPool, ReturnsNoPartOfAnAnswer) {
    Loop loop;
    const Pool pool = start(loop, scripts("read line; printf half; exit 3"));
    EXPECT_EQ(answer_to(loop, *pool, "a"),
              "error: sh: the worker exited with 3 instead of answering");
}

TEST(ProcessPool, ReplacesAWorkerThatClosedItsOutput) {
    Loop loop;
    const Pool pool = start(loop, scripts(kFragile));
    EXPECT_EQ(answer_to(loop, *pool, "mute"),
              "error: sh: the worker closed its input or output instead of answering");
    EXPECT_EQ(answer_to(loop, *pool, "b"), "b");
}

TEST(ProcessPool, ReplacesAWorkerThatDiedWhileIdle) {
    Loop loop;
    const Pool pool = start(loop, scripts("read line; echo $line"));
    EXPECT_EQ(answer_to(loop, *pool, "a"), "a");
    // The worker ends after its first answer.
    while (!test::has_no_children()) {
        run(loop, test::done_after(1ms));
    }
    EXPECT_EQ(answer_to(loop, *pool, "b"), "b");
    EXPECT_EQ(pool->started(), 2U);
}

TEST(ProcessPool, NeverReturnsTheAnswerToAStoppedQuestion) {
    Loop loop;
    const Pool pool = start(loop, scripts("while read line; do sleep 0.03; echo $line; done"));
    const Deadline soon(loop.now() + 10ms);
    EXPECT_FALSE(run(loop, timeout(pool->ask("old"), soon)));
    EXPECT_EQ(pool->started(), 2U);
    EXPECT_EQ(answer_to(loop, *pool, "new"), "new");
    EXPECT_EQ(pool->started(), 2U);
}

TEST(ProcessPool, KeepsTheWorkerOfAQuestionThatWasStoppedInTheQueue) {
    Loop loop;
    const Pool pool = start(loop, scripts("while read line; do sleep 0.03; echo $line; done"));
    const Deadline soon(loop.now() + 10ms);
    const auto both = run(loop, gather(pool->ask("first"), timeout(pool->ask("second"), soon)));
    EXPECT_EQ(std::get<0>(both).value(), "first");
    EXPECT_FALSE(std::get<1>(both));
    EXPECT_EQ(answer_to(loop, *pool, "third"), "third");
    EXPECT_EQ(pool->started(), 1U);
}

TEST(ProcessPool, ReportsAnUnrequestedLine) {
    Loop loop;
    std::vector<std::string> warnings;
    ProcessPoolOptions options = scripts(kFragile);
    options.warn = [&warnings](const std::string& text) { warnings.push_back(text); };
    const Pool pool = start(loop, std::move(options));
    EXPECT_EQ(answer_to(loop, *pool, "a"), "a");
    const std::string twice = answer_to(loop, *pool, "twice");
    // The second line arrives with the first or later.
    EXPECT_TRUE(twice == "1" || twice.find("more lines than it was given") != std::string::npos);
    run(loop, test::done_after(200ms));
    if (twice == "1") {
        EXPECT_EQ(answer_to(loop, *pool, "b").substr(0, 6), "error:");
    }
    EXPECT_EQ(answer_to(loop, *pool, "b"), "b");
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(warnings[0].substr(0, 51), "sh: the worker printed more lines than it was given");
    EXPECT_EQ(run(loop, pool->close(60s)).error().message(), warnings[0]);
}

Task<void> nothing() { co_return; }

/// Returns the answers to a block, and the failure, if any.
std::string answers_to(Loop& loop, ProcessPool& pool, const std::string& lines, std::size_t count) {
    std::string answers;
    const Coprocess::Take take = [&answers](AnswerCutter::Answers piece) {
        answers += piece.text;
        return nothing();
    };
    const auto failure = run(loop, pool.exchange(LineBlock(lines, count), take));
    return failure ? answers + failure->error.message() : answers;
}

TEST(ProcessPool, AnswersABlockInOrder) {
    Loop loop;
    const Pool pool = start(loop, workers({"cat"}));
    EXPECT_EQ(answers_to(loop, *pool, "1\n2\n3\n", 3), "1\n2\n3\n");
    EXPECT_EQ(answers_to(loop, *pool, "4\n", 1), "4\n");
    EXPECT_TRUE(run(loop, pool->close(60s)).ok());
}

TEST(ProcessPool, TakesTheAnswersBeforeTheEndOfAWorker) {
    Loop loop;
    const Pool pool = start(loop, scripts(kFragile));
    EXPECT_EQ(answers_to(loop, *pool, "1\n2\ndie\n4\n", 4),
              "1\n2\nsh: the worker exited with 3 instead of answering");
}

TEST(ProcessPool, LimitsTheWaitForEachAnswer) {
    Loop loop;
    ProcessPoolOptions options = scripts("while read line; do sleep 0.2; echo $line; done");
    options.limits.max_wait = 2s;
    const Pool pool = start(loop, std::move(options));
    std::string lines;
    std::size_t count = 0;
    for (; count < 12; ++count) {
        lines += "x\n";
    }
    EXPECT_EQ(answers_to(loop, *pool, lines, count), lines);
    ProcessPoolOptions mute = scripts("sleep 1000");
    mute.limits.max_wait = 100ms;
    const Pool silent = start(loop, std::move(mute));
    EXPECT_EQ(answer_to(loop, *silent, "a"), "error: no answer within 0.1 s");
}

TEST(ProcessPool, ReportsHowAWorkerEndedAfterItsInput) {
    Loop loop;
    const std::vector<std::pair<std::string, std::string>> table = {
        {"cat; exit 7", "sh: the worker exited with 7 at the end of its input"},
        {"cat; echo more", "sh: the worker printed more lines than it was given"},
        {"cat; printf tail", "sh: the worker printed more lines than it was given"},
        {"cat", ""},
    };
    for (const auto& [script, message] : table) {
        const Pool pool = start(loop, scripts(script));
        EXPECT_EQ(answer_to(loop, *pool, "a"), "a") << script;
        const Result<void> closed = run(loop, pool->close(60s));
        EXPECT_EQ(closed.ok(), message.empty()) << script;
        EXPECT_EQ((closed.ok() ? "" : closed.error().message()).substr(0, message.size()), message);
    }
}

TEST(ProcessPool, GivesUpAfterTooManyEarlyDeaths) {
    Loop loop;
    ProcessPoolOptions options = scripts("exit 3", 2);
    options.max_early_deaths = 5;
    const Pool pool = start(loop, std::move(options));
    std::string last;
    for (int i = 0; i < 100; ++i) {
        // The other worker may be the last one to die while this answer arrives.
        const bool exhausted = pool->exhausted();
        last = answer_to(loop, *pool, "a");
        EXPECT_EQ(last.substr(0, 6), "error:");
        const bool reported = last.find("no more are started") != std::string::npos;
        EXPECT_TRUE(reported || !exhausted) << last;
        EXPECT_TRUE(pool->exhausted() || !reported) << last;
    }
    EXPECT_TRUE(pool->exhausted());
    EXPECT_LE(pool->started(), 8U);
    EXPECT_EQ(
        last,
        "error: sh: 5 workers in a row ended before they answered a line; no more are started. "
        "Try the command by hand");
}

TEST(ProcessPool, NeverGivesUpAfterAnAnswer) {
    Loop loop;
    ProcessPoolOptions options = scripts(kFragile);
    options.max_early_deaths = 3;
    const Pool pool = start(loop, std::move(options));
    EXPECT_EQ(answer_to(loop, *pool, "a"), "a");
    for (int i = 0; i < 6; ++i) {
        EXPECT_EQ(answer_to(loop, *pool, "die").substr(0, 6), "error:");
    }
    EXPECT_EQ(answer_to(loop, *pool, "a"), "a");
}

TEST(ProcessPool, ShutsItsWorkersDown) {
    Loop loop;
    test::Ends pipe = test::make_pipe();
    ProcessPoolOptions options = scripts("while read line; do echo $line; done; echo bye >&2", 2);
    options.process.err = Stdio::descriptor(pipe.second.get());
    const Pool pool = start(loop, std::move(options));
    pipe.second.reset();
    EXPECT_EQ(answer_to(loop, *pool, "a"), "a");
    EXPECT_TRUE(run(loop, pool->close(60s)).ok());
    EXPECT_TRUE(test::has_no_children());
    EXPECT_EQ(test::read_all(pipe.first.get()), "bye\nbye\n");
    EXPECT_EQ(answer_to(loop, *pool, "b"), "error: sh: the workers are being shut down");
    EXPECT_TRUE(run(loop, pool->close(60s)).ok());
}

TEST(ProcessPool, WaitsForCurrentAnswersBeforeItCloses) {
    Loop loop;
    const Pool pool = start(loop, scripts("while read line; do sleep 0.02; echo $line; done"));
    const auto all = run(loop, gather(pool->ask("first"), pool->ask("second"), pool->close(60s)));
    EXPECT_EQ(std::get<0>(all).value(), "first");
    EXPECT_EQ(std::get<1>(all).error().error_class(), ErrorClass::Sink);
    EXPECT_TRUE(std::get<2>(all).ok());
    EXPECT_EQ(pool->started(), 1U);
}

TEST(ProcessPool, TerminatesAWorkerThatDoesNotExit) {
    Loop loop;
    const Pool pool = start(loop, scripts("trap '' TERM; read line; echo $line; sleep 1000"));
    EXPECT_EQ(answer_to(loop, *pool, "a"), "a");
    EXPECT_EQ(run(loop, pool->close(20ms)).error().message(),
              "sh: the worker did not exit after the end of its input, and was terminated");
    EXPECT_TRUE(test::has_no_children());
}

TEST(ProcessPool, TheDestructorKillsItsWorkers) {
    {
        Loop loop;
        const Pool pool = start(loop, scripts("trap '' TERM; sleep 1000", 3));
        const test::StopAfter stop(loop, 10ms);
        EXPECT_THROW(static_cast<void>(run(loop, pool->ask("a"), stop.token())), Cancelled);
        const test::StopAfter again(loop, 10ms);
        EXPECT_THROW(static_cast<void>(run(loop, pool->close(60s), again.token())), Cancelled);
    }
    EXPECT_TRUE(test::has_no_children());
}

TEST(ProcessPool, KillsIdleAndBusyWorkers) {
    Loop loop;
    const Pool pool = start(loop, scripts("read line && exec sleep 1000", 2));
    auto kill_soon = [&]() -> Task<void> {
        co_await sleep_for(20ms);
        pool->signal(SIGKILL);
    };
    const TimePoint began = loop.now();
    auto both = [&]() -> Task<std::string> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(kill_soon());
        const Answer answer = co_await pool->ask("question");
        co_await group.join();
        co_return answer.ok() ? answer.value() : answer.error().message();
    };
    EXPECT_NE(run(loop, both()).find("signal 9"), std::string::npos);
    EXPECT_LT(loop.now() - began, 60s);
    // The worker without a question has exited as well, without the grace period.
    EXPECT_EQ(run(loop, pool->close(1h)).error().message(),
              "sh: the worker was killed by signal 9 at the end of its input");
}

TEST(ProcessPool, RefusesALinePrintedBeforeTheQuestion) {
    Loop loop;
    const std::string said = testing::TempDir() + "said." + std::to_string(::getpid());
    const Pool pool = start(loop, scripts("echo banner; : >" + said + "; exec cat"));
    while (::access(said.c_str(), F_OK) != 0) {
        run(loop, test::done_after(5ms));
    }
    ::unlink(said.c_str());
    const Result<std::string> answer = run(loop, pool->ask("first"));
    EXPECT_TRUE(!answer.ok() || answer.value() == "first") << answer.value();
}

TEST(ProcessPool, CanBeClosedTwiceAtOnce) {
    Loop loop;
    const Pool pool = start(loop, scripts("while read line; do sleep 0.1; echo $line; done", 2));
    auto all = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        const auto ask = [&]() -> Task<void> {
            const Result<std::string> answer = co_await pool->ask("x");
            EXPECT_TRUE(answer.ok());
        };
        const auto close = [&]() -> Task<void> {
            const Result<void> closed = co_await pool->close(60s);
            EXPECT_TRUE(closed.ok());
        };
        group.start(ask());
        group.start(ask());
        co_await sleep_for(10ms);
        group.start(close());
        group.start(close());
        co_await group.join();
    };
    run(loop, all());
    EXPECT_TRUE(test::has_no_children());
}

TEST(ProcessPool, AcceptsAnAnswerBeforeTheWholeQuestionWasRead) {
    Loop loop;
    const Pool pool =
        start(loop, scripts("head -c 1 >/dev/null; exec <&-; sleep 0.1; echo enough"));
    const Result<std::string> answer = run(loop, pool->ask(std::string(1 << 20, 'q')));
    ASSERT_TRUE(answer.ok()) << answer.error().message();
    EXPECT_EQ(answer.value(), "enough");
}

}  // namespace
}  // namespace runnel
