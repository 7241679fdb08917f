#include "app/race/race_run.hpp"

#include <fcntl.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/descriptors.hpp"
#include "support/scripted_client.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Script;

/// Races with a scripted network.
class RaceRunTest : public testing::Test {
protected:
    /// Runs a race between the sources http://NAME/ of \a names. Raises \a signal, if it is not 0,
    /// before the race starts.
    ExitStatus race(const std::vector<std::string>& names, Log::Level level = Log::Level::Quiet,
                    int signal = 0) {
        const UniqueFd file = test::make_file("");
        const ExitStatus status = race_to(file.get(), names, level, signal);
        EXPECT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
        output = test::read_all(file.get());
        return status;
    }

    ExitStatus race_to(int descriptor, const std::vector<std::string>& names, Log::Level level,
                       int signal = 0) {
        std::vector<RaceEntry> entries;
        for (const std::string& name : names) {
            entries.push_back({name, "http://" + name + "/", Extraction(), {}});
        }
        Result<RacePlan> plan = plan_race(options, {}, std::move(entries));
        EXPECT_TRUE(plan.ok());
        plan->about_ip = about_ip;
        testing::internal::CaptureStderr();
        Log log(level);
        ExitStatus status = ExitStatus::Success;
        const ChangeFile change;
        {
            Output stdout_like(loop, descriptor);
            RunContext context(loop, stdout_like, stdout_like, client, names.size(), Clock::now());
            RaceRun race_run(context, *plan, change, log);
            if (signal != 0) {
                std::raise(signal);
            }
            status = run(loop, race_run.run());
        }
        log.release();
        logged = testing::internal::GetCapturedStderr();
        return status;
    }

    void answers(const std::string& name, const std::string& body, Duration after = 0ms) {
        client.on("http://" + name + "/").after(after).piece(body);
    }
    void fails(const std::string& name) {
        client.on("http://" + name + "/").fails(Error(ErrorClass::Connect, "refused"));
    }

    Loop loop;
    RaceOptions options;
    bool about_ip = false;
    test::ScriptedClient client;
    std::string output;
    std::string logged;
};

TEST_F(RaceRunTest, PrintsTheAnswerAndLogsNothing) {
    answers("a", "one", 5ms);
    answers("b", "two", 1h);
    EXPECT_EQ(race({"a", "b"}, Log::Level::Normal), ExitStatus::Success);
    EXPECT_EQ(output, "one\n");
    EXPECT_EQ(logged, "");
    EXPECT_EQ(client.running(), 0U);
}

TEST_F(RaceRunTest, LogsEachAttemptWhenVerbose) {
    fails("a");
    client.on("http://b/", Script(500));
    answers("c", "x", 5ms);
    answers("d", "y", 1h);
    EXPECT_EQ(race({"a", "b", "c", "d"}, Log::Level::Verbose), ExitStatus::Success);
    EXPECT_EQ(logged.substr(0, logged.find(" finished")),
              "runnel: a is unresponsive: connect: refused\n"
              "runnel: b gave no answer: http_status: status 500\nrunnel: c");
    EXPECT_NE(logged.find("d was cancelled: the race was over\n"), std::string::npos);
}

TEST_F(RaceRunTest, LogsWhyThereIsNoAnswer) {
    fails("a");
    EXPECT_EQ(race({"a"}, Log::Level::Normal), ExitStatus::NoAnswer);
    EXPECT_EQ(output, "");
    EXPECT_EQ(logged,
              "runnel: a is unresponsive: connect: refused\n"
              "runnel: none of 1 sources gave an answer\n");
    EXPECT_EQ(race({"a"}, Log::Level::Verbose), ExitStatus::NoAnswer);
    EXPECT_EQ(logged,
              "runnel: a is unresponsive: connect: refused\n"
              "runnel: none of 1 sources gave an answer\n")
        << "logged once";
}

TEST_F(RaceRunTest, HasItsOwnStatusForTheDeadline) {
    options.deadline = 20ms;
    answers("a", "x", 1h);
    EXPECT_EQ(race({"a"}), ExitStatus::Deadline);
    EXPECT_NE(logged.find("a is unresponsive: deadline: the deadline passed"), std::string::npos);
}

TEST_F(RaceRunTest, PrintsTheFallback) {
    options.fallback = "none";
    fails("a");
    EXPECT_EQ(race({"a"}, Log::Level::Normal), ExitStatus::Success);
    EXPECT_EQ(output, "none\n");
    EXPECT_EQ(logged, "");
    options.fallback_exit = 9;
    EXPECT_EQ(static_cast<int>(race({"a"})), 9);
}

TEST_F(RaceRunTest, PrintsAllAnswersAsTheyArrive) {
    options.rules.all = true;
    answers("late", "tab\there", 20ms);
    answers("soon", "x", 5ms);
    fails("down");
    EXPECT_EQ(race({"late", "soon", "down"}, Log::Level::Normal), ExitStatus::Success);
    EXPECT_EQ(output, "soon\tx\nlate\ttab\\there\n");
    EXPECT_EQ(logged, "runnel: down is unresponsive: connect: refused\n");
}

TEST_F(RaceRunTest, PrintsEachAttemptAsJson) {
    options.rules.all = true;
    options.rules.stagger = 1h;
    options.deadline = 20ms;
    options.json = true;
    answers("a", "x", 1h);
    answers("b", "y", 1h);
    EXPECT_EQ(race({"a", "b"}, Log::Level::Normal), ExitStatus::Deadline);
    EXPECT_EQ(output.substr(0, output.find(",\"time_total\"")),
              R"({"type":"attempt","name":"a","url":"http://a/","state":"cancelled",)"
              R"("value":null,"error":"deadline")");
    EXPECT_TRUE(output.ends_with(
        R"({"type":"attempt","name":"b","url":"http://b/","state":"pending","value":null,)"
        R"("error":null,"time_total":null})"
        "\n"));
}

TEST_F(RaceRunTest, AddsTheAddressToTheJsonOfIp) {
    options.json = true;
    answers("a", "8.8.8.8");
    EXPECT_EQ(race({"a"}), ExitStatus::Success);
    EXPECT_EQ(output.find("\"ip\""), std::string::npos);
    about_ip = true;
    EXPECT_EQ(race({"a"}), ExitStatus::Success);
    EXPECT_TRUE(output.ends_with(",\"ip\":\"8.8.8.8\",\"message\":\"result from a\"}\n"));
    fails("b");
    EXPECT_EQ(race({"b"}), ExitStatus::NoAnswer);
    EXPECT_TRUE(
        output.ends_with(",\"ip\":null,\"message\":\"none of 1 sources gave an answer\"}\n"));
}

TEST_F(RaceRunTest, StopsAtASignal) {
    options.deadline = 0s;
    options.fallback = "none";
    answers("a", "x", 1h);
    EXPECT_EQ(race({"a"}, Log::Level::Normal, SIGTERM), ExitStatus::Terminated);
    EXPECT_EQ(output, "");
    EXPECT_EQ(logged,
              "runnel: Terminated: stopping the race; signal again to end at once\n"
              "runnel: a was cancelled: the race was interrupted\n"
              "runnel: the race was interrupted before 1 of 1 sources had answered\n");
    EXPECT_EQ(client.running(), 0U);
}

TEST_F(RaceRunTest, ReportsAllAttemptsAsJsonAfterASignal) {
    options.deadline = 0s;
    options.json = true;
    options.rules.stagger = 1h;
    answers("a", "x", 1h);
    EXPECT_EQ(race({"a", "b"}, Log::Level::Quiet, SIGINT), ExitStatus::Interrupted);
    EXPECT_TRUE(output.starts_with(R"({"type":"race","ok":false,"value":null,"source":null,)"));
    EXPECT_NE(output.find(R"("state":"cancelled","value":null,"error":"interrupted")"),
              std::string::npos);
    EXPECT_NE(output.find(R"("state":"pending")"), std::string::npos);
    options.rules.all = true;
    EXPECT_EQ(race({"a", "b"}, Log::Level::Quiet, SIGINT), ExitStatus::Interrupted);
    EXPECT_EQ(std::ranges::count(output, '\n'), 2) << output;
}

TEST_F(RaceRunTest, ContinuesWithinTheGraceAfterASignal) {
    options.deadline = 0s;
    options.grace = 1h;
    options.rules.stagger = 5ms;
    answers("a", "x", 1h);
    answers("b", "y", 1ms);
    EXPECT_EQ(race({"a", "b"}, Log::Level::Normal, SIGTERM), ExitStatus::Terminated);
    EXPECT_EQ(output, "y\n");
    EXPECT_EQ(logged,
              "runnel: Terminated: stopping the race when the grace ends; signal again to end at "
              "once\n");
}

TEST_F(RaceRunTest, StopsAfterTheGrace) {
    options.deadline = 0s;
    options.grace = 10ms;
    answers("a", "x", 1h);
    EXPECT_EQ(race({"a"}, Log::Level::Quiet, SIGTERM), ExitStatus::Terminated);
    EXPECT_EQ(output, "");
    EXPECT_TRUE(logged.ends_with("the race was interrupted before 1 of 1 sources had answered\n"));
    EXPECT_EQ(client.running(), 0U);
}

TEST_F(RaceRunTest, StopsWithoutAMessageWhenStdoutIsClosed) {
    options.deadline = 0s;
    options.rules.all = true;
    options.json = true;
    answers("a", "x", 1h);
    test::Ends pipe = test::make_pipe();
    pipe.first.reset();
    EXPECT_EQ(race_to(pipe.second.get(), {"a"}, Log::Level::Verbose), ExitStatus::ReaderGone);
    EXPECT_EQ(logged, "");
}

TEST_F(RaceRunTest, StopsWhenStdoutIsFull) {
    answers("a", "x");
    const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(race_to(full.get(), {"a"}, Log::Level::Normal), ExitStatus::OutputFailed);
}

TEST(RacePlan, RefusesUrlsThatAreNotHttp) {
    const auto refusal = [](const std::string& name, const std::string& url) {
        const Result<RacePlan> plan = plan_race(RaceOptions(), {}, {{name, url, Extraction(), {}}});
        EXPECT_FALSE(plan.ok());
        EXPECT_EQ(plan.error().error_class(), ErrorClass::BadInput);
        return plan.error().message();
    };
    EXPECT_TRUE(refusal("a", "ftp://a/").starts_with("a: \"ftp://a/\": "));
    EXPECT_TRUE(refusal("ftp://***@a/", "ftp://u:p@a/").starts_with("\"ftp://***@a/\": "));
    EXPECT_TRUE(refusal("b", "{\"url\":\"http://b/\"}").starts_with("b: "));
}

}  // namespace
}  // namespace runnel
