#include "app/fetch/dry_run.hpp"

#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "support/descriptors.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

class DryRunTest : public testing::Test {
protected:
    /// Runs with \a arguments and `files`, and stores what was printed in `output` and `logged`.
    ExitStatus dry_run(Strings arguments, int signal = 0) {
        const UniqueFd file = test::make_file("");
        const ExitStatus status = dry_run_to(file.get(), std::move(arguments), signal);
        EXPECT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
        output = test::read_all(file.get());
        return status;
    }
    ExitStatus dry_run_to(int descriptor, Strings arguments, int signal = 0) {
        Log log(Log::Level::Quiet);
        ExitStatus status = ExitStatus::Success;
        {
            const RequestMaker maker(options.policy, defaults);
            Output stdout_like(loop, descriptor);
            InputReader inputs(loop, maker, std::move(arguments), std::move(files));
            const FetchPlan plan = *resolve_fetch(options);
            DryRun dry_run(loop, plan, maker, inputs, stdout_like, log, Clock::now());
            if (signal != 0) {
                std::raise(signal);
            }
            status = run(loop, dry_run.run());
        }
        testing::internal::CaptureStderr();
        log.release();
        logged = testing::internal::GetCapturedStderr();
        return status;
    }

    Loop loop;
    FetchOptions options;
    RequestDefaults defaults;
    std::vector<InputReader::File> files;
    std::string output;
    std::string logged;
};

TEST_F(DryRunTest, PrintsTheRequestOfEachInputInOrder) {
    files.push_back(InputReader::File{"file", test::make_file("# c\nhttp://b/\n")});
    EXPECT_EQ(dry_run({R"({"url":"http://a/","body":"x","id":1})"}), ExitStatus::Success);
    EXPECT_EQ(output,
              "{\"url\":\"http://a/\",\"method\":\"POST\",\"body\":\"x\",\"id\":1}\n"
              "{\"url\":\"http://b/\",\"method\":\"GET\"}\n");
    EXPECT_EQ(logged, "");
}

TEST_F(DryRunTest, LogsInputsThatAreNotRequests) {
    EXPECT_EQ(dry_run({"what?", "http://a/"}), ExitStatus::Failed);
    EXPECT_EQ(output, "{\"url\":\"http://a/\",\"method\":\"GET\"}\n");
    EXPECT_NE(logged.find("what?: bad_input"), std::string::npos) << logged;
}

TEST_F(DryRunTest, LogsAFileThatCannotBeRead) {
    files.push_back(InputReader::File{"folder", test::open_path("/tmp", O_RDONLY)});
    EXPECT_EQ(dry_run({"http://a/"}), ExitStatus::Failed);
    EXPECT_NE(logged.find("cannot read folder"), std::string::npos) << logged;
}

TEST_F(DryRunTest, PrintsTheUserAgentThatWasSet) {
    options.requests.user_agent = "me/1";
    EXPECT_EQ(dry_run({"http://a/"}), ExitStatus::Success);
    EXPECT_EQ(output, R"({"url":"http://a/","method":"GET","headers":{"User-Agent":"me/1"}})"
                      "\n");
    defaults.headers = {"user-agent: other"};
    EXPECT_EQ(dry_run({"http://a/"}), ExitStatus::Success);
    EXPECT_EQ(output, R"({"url":"http://a/","method":"GET","headers":{"user-agent":"other"}})"
                      "\n");
}

TEST_F(DryRunTest, StopsSilentlyIfStdoutIsClosed) {
    test::Ends input = test::make_pipe();
    files.push_back(InputReader::File{"pipe", std::move(input.first)});
    test::Ends pipe = test::make_pipe();
    pipe.first.reset();
    EXPECT_EQ(dry_run_to(pipe.second.get(), {"http://a/"}), ExitStatus::ReaderGone);
    EXPECT_EQ(logged, "");
}

TEST_F(DryRunTest, LogsAnOutputThatCannotBeWritten) {
    const UniqueFd full = test::open_path("/dev/full", O_WRONLY);
    EXPECT_EQ(dry_run_to(full.get(), {"http://a/"}), ExitStatus::OutputFailed);
    EXPECT_NE(logged.find("No space left"), std::string::npos) << logged;
}

TEST_F(DryRunTest, StopsReadingAfterASignal) {
    test::Ends input = test::make_pipe();
    files.push_back(InputReader::File{"pipe", std::move(input.first)});
    EXPECT_EQ(dry_run({"http://a/"}, SIGTERM), ExitStatus::Terminated);
    EXPECT_NE(logged.find("the input was not read to its end"), std::string::npos) << logged;
}

TEST_F(DryRunTest, EndsAtTheDeadline) {
    test::Ends input = test::make_pipe();
    files.push_back(InputReader::File{"pipe", std::move(input.first)});
    options.deadline = 20ms;
    EXPECT_EQ(dry_run({"http://a/"}), ExitStatus::Deadline);
    EXPECT_EQ(output, "{\"url\":\"http://a/\",\"method\":\"GET\"}\n");
    EXPECT_NE(logged.find("stopped early after reading 1 inputs; "), std::string::npos) << logged;
}

TEST_F(DryRunTest, WaitsUntilStdoutIsWritable) {
    test::Ends pipe = test::make_pipe();
    options.deadline = 200ms;
    Strings urls(100'000, "http://a/");
    EXPECT_EQ(dry_run_to(pipe.second.get(), std::move(urls)), ExitStatus::Deadline);
    EXPECT_NE(logged.find("the input was not read to its end"), std::string::npos) << logged;
    EXPECT_NE(logged.find("bytes were not written to stdout in time"), std::string::npos) << logged;
}

}  // namespace
}  // namespace runnel
