#include "service/check_history.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace runnel {
namespace {

class CheckHistoryTest : public testing::Test {
protected:
    /// Runs one check that finds the target up (`+`), with a warning (`w`) or down (`-`). Returns
    /// the state that counts, `U`, `W` or `D`, and `!` if it has changed. Stores and reloads the
    /// history.
    std::string found(char what, const FlapRules& rules) {
        CheckHistory history = *CheckHistory::parse(text);
        CheckResult result(target);
        result.state = what == '+'   ? CheckState::Up
                       : what == 'w' ? CheckState::Warn
                                     : CheckState::Down;
        history.update(result, rules);
        text = history.to_text();
        damped = result.damped;
        const char* const letters = "UWD";
        return std::string(1, letters[static_cast<int>(result.state)]) +
               (*result.changed ? "!" : "");
    }
    std::string run(std::string_view sequence, std::size_t rise, std::size_t fall) {
        FlapRules rules;
        rules.rise = rise;
        rules.fall = fall;
        std::string all;
        for (const char what : sequence) {
            all += found(what, rules);
        }
        return all;
    }

    std::string refusal(std::string_view content) {
        const Result<CheckHistory> history = CheckHistory::parse(content);
        return history ? "taken" : history.error().message();
    }

    http::Policy policy;
    CheckTarget target{"a \"b\"\n", "http://a/",
                       http::Request(*http::Url::parse("http://a/"), policy), Assertions()};
    std::string text = CheckHistory().to_text();
    std::string damped;
};

TEST_F(CheckHistoryTest, TwentyRunsWithRiseTwoAndFallThree) {
    EXPECT_EQ(run("+--+---+-++--+-----+", 2, 3), "UUUUUUD!DDDU!UUUUUD!DDD");
}

TEST_F(CheckHistoryTest, WithoutRulesEachCheckCounts) {
    EXPECT_EQ(run("+-+--w", 1, 1), "UD!U!D!DW!");
    EXPECT_EQ(damped, "");
}

TEST_F(CheckHistoryTest, TheFirstCheckOfATargetCounts) {
    EXPECT_EQ(run("-", 3, 3), "D!");
    text = CheckHistory().to_text();
    EXPECT_EQ(run("+", 3, 3), "U");
}

TEST_F(CheckHistoryTest, AWarningCountsAsUpAndIsAChangeOnce) {
    EXPECT_EQ(run("+ww+w-w", 1, 2), "UW!WU!W!WW");
}

TEST_F(CheckHistoryTest, ReportsWhatWasDamped) {
    run("+--", 2, 3);
    EXPECT_EQ(damped, "down 2 of 3 times");
    run("-+", 2, 3);
    EXPECT_EQ(damped, "up 1 of 2 times");
}

TEST_F(CheckHistoryTest, KeepsTargetsOfOtherChecks) {
    run("-", 1, 1);
    const std::string first = target.name;
    target.name = "other";
    run("+", 1, 1);
    target.name = first;
    EXPECT_EQ(run("-", 1, 1), "D");
}

TEST_F(CheckHistoryTest, RefusesOtherTexts) {
    EXPECT_EQ(refusal("{\"type\":\"result\"}"), "1:1: not a state file of runnel check");
    EXPECT_EQ(refusal("[]"), "1:1: not a state file of runnel check");
    EXPECT_NE(refusal(""), "taken");
    EXPECT_EQ(refusal(R"({"type":"check_state","version":2,"targets":{}})"),
              "1:1: written by another version of runnel");
    const auto with = [this](const std::string& entry) {
        return refusal(R"({"type":"check_state","version":1,"targets":{"a":)" + entry + "}}");
    };
    EXPECT_EQ(with(R"({"state":"up","streak":0})"), "taken");
    EXPECT_NE(with(R"({"state":"up"})").find("\"streak\" is missing"), std::string::npos);
    EXPECT_NE(with(R"({"state":"high","streak":0})").find("must be up, warn or down"),
              std::string::npos);
    EXPECT_NE(with(R"({"state":"up","streak":-1})"), "taken");
    EXPECT_NE(with("3"), "taken");
}

TEST_F(CheckHistoryTest, RefusesEveryTruncatedText) {
    run("-+-", 1, 5);
    // The final newline is not part of the JSON.
    for (std::size_t size = 0; size + 1 < text.size(); ++size) {
        EXPECT_NE(refusal(text.substr(0, size)), "taken") << size;
    }
}

}  // namespace
}  // namespace runnel
