#include "service/json_condition.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

constexpr std::string_view kDocument = R"({
    "status": "ok", "version": "1.10", "count": 3, "ratio": 0.5, "on": true, "none": null,
    "items": [1, 2, 3], "deep": {"a b": "x", "n": 1e2}, "word": "h\u00e9llo", "empty": ""})";

/// Whether the condition holds for the document above.
bool holds(std::string_view text) {
    const Result<JsonValue> document = parse_json_document(kDocument);
    const Result<JsonCondition> condition = JsonCondition::parse(text);
    EXPECT_TRUE(condition) << text;
    return condition && condition->holds(find_value(*document, condition->pointer()));
}

std::string refusal(std::string_view text) {
    const Result<JsonCondition> condition = JsonCondition::parse(text);
    return condition ? "taken" : condition.error().message();
}

TEST(JsonCondition, ComparesStrings) {
    EXPECT_TRUE(holds("/status == ok"));
    EXPECT_TRUE(holds("/status == \"ok\""));
    EXPECT_TRUE(holds("/status   ==   ok  "));
    EXPECT_FALSE(holds("/status == OK"));
    EXPECT_TRUE(holds("/status != failed"));
    EXPECT_FALSE(holds("/status != ok"));
    EXPECT_TRUE(holds("/empty == \"\""));
}

TEST(JsonCondition, ComparesAStringWithAnUnquotedNumberAsWritten) {
    EXPECT_TRUE(holds("/version == 1.10"));
    EXPECT_FALSE(holds("/version == 1.1"));
    EXPECT_FALSE(holds("/count == \"3\""));
}

TEST(JsonCondition, ComparesNumbersAsNumbers) {
    EXPECT_TRUE(holds("/count == 3"));
    EXPECT_TRUE(holds("/count == 3.0"));
    EXPECT_TRUE(holds("/deep/n == 100"));
    EXPECT_FALSE(holds("/count == 4"));
    EXPECT_TRUE(holds("/count < 4"));
    EXPECT_FALSE(holds("/count < 3"));
    EXPECT_TRUE(holds("/count <= 3"));
    EXPECT_TRUE(holds("/ratio > 0.4"));
    EXPECT_FALSE(holds("/ratio > 0.5"));
    EXPECT_TRUE(holds("/ratio >= 5e-1"));
}

/// The sign of \a a - \a b by the conditions, which must agree with each other.
int order(const std::string& a, const std::string& b) {
    const JsonValue value = *parse_json_document(a);
    const auto is = [&](const char* operation) {
        const Result<JsonCondition> condition =
            JsonCondition::parse(std::string(operation) + " " + b);
        EXPECT_TRUE(condition) << b;
        return condition && condition->holds(&value);
    };
    const int sign = is(">") ? 1 : is("<") ? -1 : 0;
    EXPECT_EQ(is("=="), sign == 0) << a << " and " << b;
    EXPECT_EQ(is("!="), sign != 0) << a << " and " << b;
    EXPECT_EQ(is(">="), sign >= 0) << a << " and " << b;
    EXPECT_EQ(is("<="), sign <= 0) << a << " and " << b;
    return sign;
}

TEST(JsonCondition, ComparesNumbersExactlyAtAnySize) {
    // The rows ascend; the numbers of a row are equal.
    const std::string nines(400, '9');
    const std::vector<std::vector<std::string>> ascending = {
        {"-1e400", "-10e399"},
        {"-9007199254740993"},
        {"-9007199254740992"},
        {"-0.1"},
        {"0", "-0", "0.00", "0e9", "-0e-99999999999999999999"},
        {"1e-400", "10e-401"},
        {"0.1", "0.10", "1e-1", "100e-3"},
        {"0.10000000000000000001"},
        {"1", "1.0", "10e-1", "0.1e1"},
        {"9007199254740992"},
        {"9007199254740993", "9007199254740993.0", "9.007199254740993e15"},
        {"18446744073709551616"},
        {"18446744073709551617"},
        {"1e308"},
        {"2" + std::string(308, '0'), "2e308"},
        {"2" + std::string(307, '0') + "1"},
        {nines},
        {"1e400", "1" + std::string(400, '0')},
        {"1e99999999999999999999"}};
    std::size_t compared = 0;
    for (std::size_t i = 0; i < ascending.size(); ++i) {
        for (std::size_t j = 0; j < ascending.size(); ++j) {
            for (const std::string& a : ascending[i]) {
                for (const std::string& b : ascending[j]) {
                    EXPECT_EQ(order(a, b), (i > j) - (i < j)) << a << " and " << b;
                    ++compared;
                }
            }
        }
    }
    EXPECT_GT(compared, 500U);
}

TEST(JsonCondition, OnlyNumbersAreLessOrMore) {
    EXPECT_FALSE(holds("/status < 4"));
    EXPECT_FALSE(holds("/version > 1"));
    EXPECT_FALSE(holds("/none <= 0"));
}

TEST(JsonCondition, ComparesOtherValues) {
    EXPECT_TRUE(holds("/on == true"));
    EXPECT_TRUE(holds("/on != false"));
    EXPECT_TRUE(holds("/none == null"));
    EXPECT_TRUE(holds("/items == [1, 2,3]"));
    EXPECT_FALSE(holds("/items == [1,2]"));
    EXPECT_FALSE(holds("/none == 0"));
    EXPECT_FALSE(holds("/on == 1"));
}

TEST(JsonCondition, ComparesArraysAndObjectsByContent) {
    EXPECT_TRUE(holds("/items == [1.0, 2e0, 3]"));
    EXPECT_FALSE(holds("/items == [3, 2, 1]"));
    EXPECT_TRUE(holds(R"(/deep == {"n": 100, "a b": "x"})"));
    EXPECT_FALSE(holds(R"(/deep == {"n": 100})"));
    EXPECT_FALSE(holds(R"(/deep == {"n": 100, "a b": "y"})"));
    EXPECT_FALSE(holds(R"(/deep == {"n": 100, "c": "x"})"));
}

TEST(JsonCondition, DescribesWhatItLooksAt) {
    const JsonValue list = *parse_json_document("[1, 2, 3]");
    EXPECT_EQ(JsonCondition::parse("/items len > 3")->describe(list), "len 3");
    EXPECT_EQ(JsonCondition::parse("/items exists")->describe(list), "[1,2,3]");
    EXPECT_EQ(JsonCondition::parse("/items len 3")->describe(*parse_json_document("7")), "7");
}

TEST(JsonCondition, MatchesAnywhere) {
    EXPECT_TRUE(holds("/status =~ ^o"));
    EXPECT_TRUE(holds("/count =~ [0-9]"));
    EXPECT_FALSE(holds("/status =~ ^k"));
}

TEST(JsonCondition, ChecksWhetherAValueExists) {
    EXPECT_TRUE(holds("/none exists"));
    EXPECT_TRUE(holds("/none exists true"));
    EXPECT_FALSE(holds("/none exists false"));
    EXPECT_FALSE(holds("/nothing exists"));
    EXPECT_TRUE(holds("/nothing exists false"));
}

TEST(JsonCondition, CountsElementsMembersAndCharacters) {
    EXPECT_TRUE(holds("/items len 3"));
    EXPECT_TRUE(holds("/items len == 3"));
    EXPECT_TRUE(holds("/items len > 2"));
    EXPECT_FALSE(holds("/items len < 3"));
    EXPECT_TRUE(holds("/deep len 2"));
    EXPECT_TRUE(holds("/word len 5"));
    EXPECT_TRUE(holds("/empty len 0"));
    EXPECT_FALSE(holds("/count len 1"));
}

TEST(JsonCondition, NothingElseHoldsForAMissingValue) {
    EXPECT_FALSE(holds("/nothing == null"));
    EXPECT_FALSE(holds("/nothing != ok"));
    EXPECT_FALSE(holds("/nothing len 0"));
    EXPECT_FALSE(holds("/nothing =~ ."));
}

TEST(JsonCondition, APointerMayContainBlanksOrBeEmpty) {
    EXPECT_TRUE(holds("/deep/a b == x"));
    EXPECT_TRUE(holds("len > 3"));
    EXPECT_TRUE(holds(" len > 3"));
}

TEST(JsonCondition, KeepsItsText) { EXPECT_EQ(JsonCondition::parse("/a == b")->text(), "/a == b"); }

TEST(JsonCondition, ErrorsSayWhatIsWrong) {
    EXPECT_TRUE(
        refusal("/status").starts_with("\"/status\": the operator is missing; use PTR OP VALUE"));
    EXPECT_TRUE(refusal("").starts_with("\"\": the operator is missing"));
    EXPECT_NE(refusal("/a ==").find("the value to compare with is missing"), std::string::npos);
    EXPECT_NE(refusal("/a < x").find("\"x\" is not a number"), std::string::npos);
    for (const char* text : {"nan", "-inf", "infinity", "0x10", "+1"}) {
        EXPECT_NE(refusal(std::string("/a < ") + text).find("is not a number"), std::string::npos);
    }
    EXPECT_NE(refusal("/a len").find("\"\" is not a number"), std::string::npos);
    EXPECT_NE(refusal("/a len =~ 3").find("len takes a number"), std::string::npos);
    EXPECT_NE(refusal("/a exists maybe").find("exists takes true or false"), std::string::npos);
    EXPECT_NE(refusal("/a =~ (").find("is not an RE2 regular expression"), std::string::npos);
    EXPECT_NE(refusal("a == b").find("\"a == b\": "), std::string::npos);
}

}  // namespace
}  // namespace runnel
