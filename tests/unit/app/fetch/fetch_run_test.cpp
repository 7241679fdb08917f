#include "app/fetch/fetch_run.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "support/descriptors.hpp"
#include "support/scripted_client.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Script;
using Ending = test::ScriptedClient::Ending;
using Strings = std::vector<std::string>;

/// Runs `fetch` with scripted responses.
class FetchRunTest : public testing::Test {
protected:
    /// Fetches \a urls and stores what was printed in `output` and `logged`. \a signal is raised
    /// before the first turn of the loop.
    ExitStatus fetch(Strings urls, int signal = 0) {
        const UniqueFd file = test::make_file("");
        const ExitStatus status = fetch_to(file.get(), std::move(urls), signal);
        EXPECT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
        output = test::read_all(file.get());
        return status;
    }
    ExitStatus fetch_to(int descriptor, Strings urls, int signal = 0) {
        Log log(Log::Level::Quiet);
        ExitStatus status = ExitStatus::Success;
        {
            Output stdout_like(loop, descriptor);
            InputReader inputs(loop, options.policy, std::move(urls), {});
            Output stderr_like(loop, descriptor);
            RunContext context(loop, stdout_like, stderr_like, client, options.limits.jobs,
                               Clock::now());
            const FetchPlan plan = *resolve_fetch(options);
            FetchRun fetch(context, plan, inputs, files, log);
            if (signal != 0) {
                std::raise(signal);
            }
            status = run(loop, fetch.run());
        }
        testing::internal::CaptureStderr();
        log.release();
        logged = testing::internal::GetCapturedStderr();
        return status;
    }
    Strings lines() const {
        Strings all;
        std::istringstream stream(output);
        for (std::string line; std::getline(stream, line);) {
            all.push_back(line);
        }
        return all;
    }
    Strings sorted_lines() const {
        Strings all = lines();
        std::sort(all.begin(), all.end());
        return all;
    }

    Loop loop;
    FetchOptions options;
    RunFiles files;
    test::ScriptedClient client;
    std::string output;
    std::string logged;
};

TEST_F(FetchRunTest, PrintsEveryLineWhole) {
    client.on("http://a/").piece("one\ntw", 1ms).piece("o\nthree", 2ms);
    client.on("http://b/").piece("four\nfi", 1ms).piece("ve\n", 1ms);
    EXPECT_EQ(fetch({"http://a/", "http://b/"}), ExitStatus::Success);
    EXPECT_EQ(sorted_lines(), (Strings{"five", "four", "one", "three", "two"}));
    EXPECT_TRUE(output.ends_with('\n'));
    EXPECT_EQ(logged, "");
}

TEST_F(FetchRunTest, PrintsNothingOfAnEmptyBody) {
    client.on("http://a/");
    EXPECT_EQ(fetch({"http://a/"}), ExitStatus::Success);
    EXPECT_EQ(output, "");
}

TEST_F(FetchRunTest, TagsEachLineWithItsInput) {
    options.tag = true;
    client.on("http://a/").piece("1\n2");
    EXPECT_EQ(fetch({"http://a/"}), ExitStatus::Success);
    EXPECT_EQ(output, "http://a/\t1\nhttp://a/\t2\n");
}

TEST_F(FetchRunTest, PrintsNothingOfAnUnexpectedStatusAndReadsItsBody) {
    client.on("http://a/", Script(404)).piece("not ").piece("here");
    EXPECT_EQ(fetch({"http://a/"}), ExitStatus::Failed);
    EXPECT_EQ(output, "");
    EXPECT_NE(logged.find("http://a/: http_status: status 404"), std::string::npos) << logged;
    EXPECT_EQ(client.sent()[0].ending, Ending::Complete);
}

TEST_F(FetchRunTest, PrintsExpectedStatuses) {
    options.expect = *http::StatusSet::parse("404");
    client.on("http://a/", Script(404)).piece("not here");
    client.on("http://b/", Script(200)).piece("here");
    EXPECT_EQ(fetch({"http://a/", "http://b/"}), ExitStatus::Failed);
    EXPECT_EQ(output, "not here\n");
}

TEST_F(FetchRunTest, PrintsTheStatusesThatTheInputExpects) {
    client.on("http://a/", Script(404)).piece("not here");
    client.on("http://b/", Script(200)).piece("here");
    EXPECT_EQ(fetch({R"({"url":"http://a/","expect":404})", R"({"url":"http://b/","expect":404})"}),
              ExitStatus::Failed);
    EXPECT_EQ(output, "not here\n");
    EXPECT_NE(logged.find("http://b/: http_status: status 200"), std::string::npos) << logged;
}

TEST_F(FetchRunTest, CopiesIdAndExtraIntoTheRecord) {
    options.format = FetchOptions::Format::Json;
    client.on("http://a/");
    EXPECT_EQ(fetch({R"({"url":"http://a/","id":{"n": 1},"extra":[ "x" ]})"}), ExitStatus::Success);
    EXPECT_NE(output.find(R"("id":{"n": 1},"extra":[ "x" ])"), std::string::npos) << output;
}

TEST_F(FetchRunTest, LogsARedirectWithoutALocation) {
    client.on("http://a/", Script(302));
    EXPECT_EQ(fetch({"http://a/"}), ExitStatus::Failed);
    EXPECT_NE(logged.find("redirect: status 302 without a Location"), std::string::npos) << logged;
}

TEST_F(FetchRunTest, PrintsTheCompleteLinesOfATruncatedBody) {
    client.on("http://a/").piece("one\ntwo\nthr").breaks(Error(ErrorClass::Truncated, "cut"));
    EXPECT_EQ(fetch({"http://a/"}), ExitStatus::Failed);
    EXPECT_EQ(output, "one\ntwo\n");
    EXPECT_NE(logged.find("truncated: cut"), std::string::npos) << logged;
}

TEST_F(FetchRunTest, FailsAtALineThatIsTooLong) {
    options.max_line = 10;
    client.on("http://a/").piece("short\n0123456789X\n").piece("more\n");
    EXPECT_EQ(fetch({"http://a/"}), ExitStatus::Failed);
    EXPECT_EQ(output, "short\n");
    EXPECT_NE(logged.find("too_large"), std::string::npos) << logged;
    EXPECT_EQ(client.sent()[0].ending, Ending::Dropped);
}

TEST_F(FetchRunTest, ContinuesAfterFailedInputs) {
    client.on("http://a/").fails(Error(ErrorClass::Dns, "no such name", 6));
    client.on("http://b/").piece("here");
    EXPECT_EQ(fetch({"http://a/", "what?", "http://b/", "ftp://c/"}), ExitStatus::Failed);
    EXPECT_EQ(output, "here\n");
    EXPECT_NE(logged.find("http://a/: dns: no such name"), std::string::npos) << logged;
    EXPECT_NE(logged.find("what?: bad_input"), std::string::npos) << logged;
    EXPECT_EQ(client.sent().size(), 2U);
}

TEST_F(FetchRunTest, NeverRunsMoreThanTheJobs) {
    options.limits.jobs = 3;
    Strings urls;
    for (int i = 0; i < 30; ++i) {
        urls.push_back("http://a/" + std::to_string(i));
        client.on(urls.back()).after(i % 4 * 1ms).piece(std::to_string(i), 1ms);
    }
    EXPECT_EQ(fetch(urls), ExitStatus::Success);
    EXPECT_EQ(lines().size(), 30U);
    EXPECT_EQ(client.most_running(), 3U);
}

TEST_F(FetchRunTest, GivesEachInputItsRecord) {
    options.format = FetchOptions::Format::Json;
    client.on("http://u:secret@a/").piece("body");
    EXPECT_EQ(fetch({"http://u:secret@a/", "http://u:secret@a/", "what?", "http://b/"}),
              ExitStatus::Failed);
    const Strings records = lines();
    ASSERT_EQ(records.size(), 4U);
    const auto having = [&records](const char* text) {
        return std::count_if(records.begin(), records.end(), [text](const std::string& record) {
            return record.find(text) != std::string::npos;
        });
    };
    EXPECT_EQ(having("\"state\":\"delivered\""), 2);
    EXPECT_EQ(having("\"state\":\"failed\""), 2);
    EXPECT_EQ(having("\"error\":\"bad_input\""), 1);
    EXPECT_EQ(having("\"error\":\"connect\""), 1);
    EXPECT_EQ(having("\"input\":\"http://u:secret@a/\""), 2);
    EXPECT_EQ(having("\"url\":\"http://***@a/\""), 2);
    EXPECT_EQ(having("\"url_effective\":\"http://***@a/\""), 2);
}

TEST_F(FetchRunTest, CancelsRequestsAtTheDeadline) {
    options.deadline = 50ms;
    options.limits.jobs = 2;
    options.format = FetchOptions::Format::Json;
    client.on("http://fast/").piece("x");
    client.on("http://slow/").after(60s);
    client.on("http://hangs/").piece("x").piece("y", 60s);
    EXPECT_EQ(fetch({"http://fast/", "http://slow/", "http://hangs/", "http://waits/"}),
              ExitStatus::Deadline);
    const Strings records = lines();
    ASSERT_EQ(records.size(), 4U);
    for (std::size_t i = 1; i < records.size(); ++i) {
        EXPECT_NE(records[i].find("\"state\":\"cancelled\",\"error\":\"deadline\""),
                  std::string::npos)
            << records[i];
    }
    EXPECT_EQ(client.running(), 0U);
    EXPECT_NE(logged.find("stopped early after reading 4 inputs: 1 delivered"), std::string::npos)
        << logged;
}

TEST_F(FetchRunTest, FinishesRequestsAfterASignal) {
    options.limits.jobs = 1;
    client.on("http://a/").after(20ms).piece("here");
    EXPECT_EQ(fetch({"http://a/", "http://b/", "http://c/"}, SIGINT), ExitStatus::Interrupted);
    EXPECT_EQ(output, "here\n");
    EXPECT_EQ(client.sent().size(), 1U);
    EXPECT_NE(logged.find("the input was not read to its end"), std::string::npos) << logged;
    EXPECT_NE(logged.find("http://b/: interrupted"), std::string::npos) << logged;
    EXPECT_EQ(logged.find("http://c/"), std::string::npos) << logged;
}

TEST_F(FetchRunTest, StopsSilentlyIfStdoutIsClosed) {
    client.on("http://slow/").after(60s);
    test::Ends pipe = test::make_pipe();
    pipe.first.reset();
    EXPECT_EQ(fetch_to(pipe.second.get(), {"http://slow/"}), ExitStatus::ReaderGone);
    EXPECT_EQ(logged, "");
    EXPECT_EQ(client.running(), 0U);
}

TEST_F(FetchRunTest, StartsNothingWhileStdoutIsNotWritable) {
    test::Ends pipe = test::make_pipe();
    options.limits.jobs = 4;
    options.deadline = 300ms;
    Strings urls;
    for (int i = 0; i < 100; ++i) {
        urls.push_back("http://a/" + std::to_string(i));
        client.on(urls.back()).piece(std::string(100'000, 'x'));
    }
    EXPECT_EQ(fetch_to(pipe.second.get(), urls), ExitStatus::Deadline);
    EXPECT_LT(client.sent().size(), 20U);
}

// --etag-store

class FetchRunEtagTest : public FetchRunTest {
protected:
    FetchRunEtagTest() {
        options.format = FetchOptions::Format::Json;
        files.etags = *EtagStore::read(R"({"url":"http://a/","method":"GET","etag":"\"1\""})"
                                       "\n");
    }
    static bool is_conditional(const test::ScriptedClient::Sent& sent) {
        return std::count(sent.all_headers.begin(), sent.all_headers.end(),
                          "If-None-Match: \"1\"") == 1;
    }
    std::string learnt() { return std::move(*files.etags).write(); }
};

TEST_F(FetchRunEtagTest, A304ForAConditionalRequestIsDelivered) {
    client.on("http://a/", Script(304));
    EXPECT_EQ(fetch({"http://a/"}), ExitStatus::Success);
    EXPECT_TRUE(is_conditional(client.sent()[0]));
    EXPECT_NE(output.find("\"not_modified\":true"), std::string::npos);
    EXPECT_NE(learnt().find("\"1\\\""), std::string::npos) << "the stored version is kept";
}

TEST_F(FetchRunEtagTest, A304ForAnUnconditionalRequestFails) {
    client.on("http://b/", Script(304));
    EXPECT_EQ(fetch({"http://b/"}), ExitStatus::Failed);
    EXPECT_FALSE(is_conditional(client.sent()[0]));
    EXPECT_NE(output.find("\"not_modified\":false"), std::string::npos);
}

TEST_F(FetchRunEtagTest, StoresTheVersionsThatWereDelivered) {
    client.on("http://a/").header("ETag", "\"2\"").piece("x");
    client.on("http://b/")
        .header("ETag", "\"3\"")
        .piece("x")
        .breaks(Error(ErrorClass::Truncated, "cut", 18));
    EXPECT_EQ(fetch({"http://a/", "http://b/"}), ExitStatus::Failed);
    EXPECT_EQ(learnt(), R"({"url":"http://a/","method":"GET","etag":"\"2\""})"
                        "\n");
}

TEST_F(FetchRunEtagTest, MakesEachAttemptConditional) {
    options.retry.delay = 1ms;
    client.on("http://a/", Script(503));
    client.on("http://a/", Script(304));
    EXPECT_EQ(fetch({"http://a/"}), ExitStatus::Success);
    ASSERT_EQ(client.sent().size(), 2U);
    EXPECT_TRUE(is_conditional(client.sent()[1]));
}

}  // namespace
}  // namespace runnel
