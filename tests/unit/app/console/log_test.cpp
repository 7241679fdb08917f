#include "app/console/log.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "base/read_file.hpp"
#include "io/run.hpp"
#include "support/named_file.hpp"

namespace runnel {
namespace {

/// Returns what a log of \a level prints for a line of each kind, after a release if \a release.
std::string printed_at(Log::Level level, bool release) {
    testing::internal::CaptureStderr();
    {
        Log log(level);
        log.info("an info");
        log.warn("a warning");
        log.error("an error {}");
        if (release) {
            log.release();
        }
    }
    return testing::internal::GetCapturedStderr();
}

TEST(Log, PrintsWarningsAndErrors) {
    EXPECT_EQ(printed_at(Log::Level::Normal, false), "runnel: a warning\nrunnel: an error {}\n");
}

TEST(Log, PrintsInfoWhenVerbose) {
    EXPECT_EQ(printed_at(Log::Level::Verbose, false),
              "runnel: an info\nrunnel: a warning\nrunnel: an error {}\n");
    EXPECT_TRUE(Log(Log::Level::Verbose).verbose());
    EXPECT_FALSE(Log(Log::Level::Normal).verbose());
}

TEST(Log, HoldsEverythingBackUntilReleasedWhenQuiet) {
    EXPECT_EQ(printed_at(Log::Level::Quiet, false), "");
    EXPECT_EQ(printed_at(Log::Level::Quiet, true), "runnel: a warning\nrunnel: an error {}\n");
    EXPECT_EQ(printed_at(Log::Level::QuietVerbose, false), "");
    EXPECT_EQ(printed_at(Log::Level::QuietVerbose, true),
              "runnel: an info\nrunnel: a warning\nrunnel: an error {}\n");
}

TEST(Log, HoldsNothingBackAfterARelease) {
    testing::internal::CaptureStderr();
    Log log(Log::Level::Quiet);
    log.error("once");
    log.release();
    log.release();
    log.error("at once");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "runnel: once\nrunnel: at once\n");
}

TEST(Log, HoldsTheLastThousandLinesBack) {
    testing::internal::CaptureStderr();
    Log log(Log::Level::Quiet);
    for (int i = 0; i < 1500; ++i) {
        log.error(std::to_string(i));
    }
    log.release();
    const std::string lines = testing::internal::GetCapturedStderr();
    EXPECT_TRUE(lines.starts_with("runnel: 500\n")) << lines.substr(0, 40);
    EXPECT_TRUE(lines.ends_with("runnel: 1499\n"));
}

TEST(Log, WritesLinesOfJson) {
    testing::internal::CaptureStderr();
    Log log(Log::Level::Normal, Log::Format::Json, true);
    log.warn("a \"b\"\x1b\n{}");
    std::string lines = testing::internal::GetCapturedStderr();
    std::replace_if(
        lines.begin(), lines.end(), [](unsigned char c) { return std::isdigit(c) != 0; }, '0');
    EXPECT_EQ(lines, R"({"ts":"0000-00-00T00:00:00.000Z","level":"warning",)"
                     R"("message":"a \"b\"\u000b\n{}"})"
                     "\n");
}

TEST(Log, ColorsWarningsAndErrors) {
    testing::internal::CaptureStderr();
    Log log(Log::Level::Verbose, Log::Format::Text, true);
    log.info("fine");
    log.warn("strange");
    log.error("wrong");
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "runnel: fine\n\x1b[33mrunnel: strange\x1b[0m\n\x1b[31mrunnel: wrong\x1b[0m\n");
}

TEST(Log, AppendsToAFile) {
    const test::NamedFile file("before\n");
    testing::internal::CaptureStderr();
    {
        Log log(Log::Level::Normal, Log::Format::Text, true);
        ASSERT_TRUE(log.append_to(file.path()).ok());
        log.warn("a warning");
    }
    EXPECT_EQ(read_file(file.path()).value(), "before\nrunnel: a warning\n");
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Log, WritesAllLinesToTheFileWhenQuiet) {
    const test::NamedFile file("");
    testing::internal::CaptureStderr();
    Log log(Log::Level::Quiet);
    ASSERT_TRUE(log.append_to(file.path()).ok());
    log.warn("a warning");
    EXPECT_EQ(read_file(file.path()).value(), "runnel: a warning\n");
    log.release();
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "runnel: a warning\n");
}

TEST(Log, ReportsErrorsOfTheFile) {
    Log log(Log::Level::Normal);
    const Result<void> opened = log.append_to("/nowhere/log");
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().message(),
              "--log-file: cannot write /nowhere/log: No such file or directory");
    ASSERT_TRUE(log.append_to("/dev/full").ok());
    Loop loop;
    Output output(loop, log.descriptor());
    {
        const LogsTo logs_to(log, output);
        log.warn("a warning");
        run(loop, log.flush(Deadline::never()));
    }
    ASSERT_TRUE(log.failure());
    EXPECT_EQ(log.failure()->code(), ENOSPC);
}

TEST(Log, EscapesControlCharacters) {
    testing::internal::CaptureStderr();
    Log log(Log::Level::Normal);
    log.error("\x1b]0;title\x07\nrunnel: forged");
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "runnel: \\x1b]0;title\\x07\\x0arunnel: forged\n");
}

}  // namespace
}  // namespace runnel
