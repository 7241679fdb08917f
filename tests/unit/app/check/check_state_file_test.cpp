#include "app/check/check_state_file.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/fake_loop.hpp"
#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

class CheckStateFileTest : public testing::Test {
protected:
    CheckResult result(CheckState state) {
        CheckResult made(target);
        made.state = state;
        return made;
    }
    /// Runs once with this result; returns the state that counts, or the error message.
    std::string run_once(CheckState found) {
        CheckStateFile file;
        const Result<void> opened = file.open(folder.path("state"));
        if (!opened) {
            return opened.error().message();
        }
        std::vector<CheckResult> results{result(found)};
        FlapRules rules;
        rules.fall = 2;
        const Result<void> updated = run(loop, file.update(results, rules));
        return updated ? std::string(to_string(results[0].state)) : updated.error().message();
    }

    FakeLoop loop;
    test::TemporaryFolder folder;
    http::Policy policy;
    CheckTarget target{"a", "http://a/", http::Request(*http::Url::parse("http://a/"), policy),
                       Assertions()};
};

TEST_F(CheckStateFileTest, RemembersFromRunToRun) {
    EXPECT_EQ(run_once(CheckState::Up), "up");
    EXPECT_EQ(run_once(CheckState::Down), "up");
    EXPECT_EQ(run_once(CheckState::Down), "down");
    EXPECT_EQ(folder.list(), (std::vector<std::string>{"state", "state.lock"}));
}

TEST_F(CheckStateFileTest, KeepsTheResultsOfOverlappingRuns) {
    CheckTarget other{"b", "http://a/", http::Request(*http::Url::parse("http://a/"), policy),
                      Assertions()};
    CheckStateFile first;
    ASSERT_TRUE(first.open(folder.path("state")));
    EXPECT_EQ(run_once(CheckState::Down), "down");
    std::vector<CheckResult> results{CheckResult(other)};
    ASSERT_TRUE(run(loop, first.update(results, FlapRules())));
    const std::string text = folder.get("state");
    EXPECT_NE(text.find("\"a\""), std::string::npos) << text;
    EXPECT_NE(text.find("\"b\""), std::string::npos) << text;
}

TEST_F(CheckStateFileTest, WaitsForAnotherRunUpToASecond) {
    LockFile other("--state");
    ASSERT_TRUE(*other.take(folder.path("state.lock")));
    EXPECT_EQ(run_once(CheckState::Up),
              "--state: another run holds " + folder.path("state") + ".lock");
    EXPECT_EQ(loop.elapsed(), std::chrono::seconds(1));
}

TEST_F(CheckStateFileTest, RefusesAFileOfAnotherFormatAndKeepsIt) {
    folder.put("state", "not mine");
    const std::string why = run_once(CheckState::Up);
    EXPECT_TRUE(why.starts_with("--state: " + folder.path("state") + ":1:1: ")) << why;
    EXPECT_TRUE(why.ends_with("; remove the file to start over, or name another one")) << why;
    EXPECT_EQ(folder.get("state"), "not mine");
}

TEST_F(CheckStateFileTest, IsNotWantedWithoutAName) {
    CheckStateFile none;
    EXPECT_TRUE(none.open(""));
    EXPECT_FALSE(none.wanted());
}

}  // namespace
}  // namespace runnel
