#include "json/document.hpp"

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "support/random_json.hpp"
#include "support/rapidjson_accepts.hpp"

namespace runnel {
namespace {

using namespace std::string_view_literals;

JsonProblem problem_of(std::string_view text) {
    EXPECT_FALSE(is_valid_json(text)) << text;
    return find_json_problem(text).value_or(JsonProblem());
}

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(IsValidJson, AcceptsEveryKindOfValue) {
    for (const std::string_view text :
         {"null"sv, "true"sv, "false"sv, "0"sv, "\"\""sv, "[]"sv, "{}"sv, " \t\r\n[ ] \n"sv,
          R"({"a":[1,"b",{"":null}],"a":false})"sv, "[[],[[]],{}]"sv,
          R"("\"\\\/\b\f\n\r\t\u00Ff")"sv, "\"\x7f\xC3\xBC\xF0\x9F\x98\x80\""sv}) {
        EXPECT_TRUE(is_valid_json(text)) << text;
    }
}

TEST(IsValidJson, AcceptsNumbersOfAnyLength) {
    for (const std::string_view text :
         {"-0"sv, "10"sv, "-1.50"sv, "1e400"sv, "1E+9999999999"sv, "0.0e-0"sv, "1.5e10"sv,
          "123456789012345678901234567890"sv}) {
        EXPECT_TRUE(is_valid_json(text)) << text;
    }
    EXPECT_TRUE(is_valid_json(std::string(5000, '9')));
}

TEST(IsValidJson, AcceptsUnpairedSurrogatesAsTheGrammarDoes) {
    EXPECT_TRUE(is_valid_json(R"("\ud800")"));
    EXPECT_TRUE(is_valid_json(R"({"\udc00":1})"));
}

TEST(IsValidJson, RefusesMalformedNumbers) {
    for (const std::string_view text :
         {"-"sv,    "+1"sv,  "01"sv,    "-01"sv,   "00"sv,    "1."sv,       ".5"sv,       "-.5"sv,
          "1.e1"sv, "1e"sv,  "1e+"sv,   "1e+-1"sv, "1e1.5"sv, "0x10"sv,     "1a"sv,       "1-"sv,
          "1 2"sv,  "--1"sv, "1\"\""sv, "1_000"sv, "NaN"sv,   "Infinity"sv, "-Infinity"sv}) {
        EXPECT_FALSE(is_valid_json(text)) << text;
        EXPECT_FALSE(is_valid_json("[" + std::string(text) + "]")) << text;
    }
}

TEST(IsValidJson, RefusesMalformedWords) {
    for (const std::string_view text :
         {"nul"sv, "nulll"sv, "True"sv, "truefalse"sv, "true\"\""sv, "none"sv, "undefined"sv, "a"sv,
          "'a'"sv, "<html>"sv, "\\"sv, "//"sv, "\x0b"sv, "\0"sv, "1\0"sv, "[\f]"sv, "\xC2\xA0[]"sv,
          "[1]\x80"sv, "1\xFF"sv}) {
        EXPECT_FALSE(is_valid_json(text)) << text;
    }
}

TEST(IsValidJson, RefusesMalformedStrings) {
    for (const std::string_view text :
         {R"(")"sv,         R"("a)"sv,      R"("\")"sv,      R"("\x")"sv,
          R"("\u")"sv,      R"("\u12")"sv,  R"("\u123g")"sv, R"("\u12)"sv,
          R"("\U0041")"sv,  "\"\t\""sv,     "\"\n\""sv,      "\"\0\""sv,
          "\"\\\n\""sv,     "\"\\\x01\""sv, "\"\xFF\""sv,    "\"\xED\xA0\x80\""sv,
          "\"\xC0\x80\""sv, R"("a"b)"sv,    R"("a""b")"sv,   R"("a" "b")"sv,
          R"(\"a")"sv,      R"("a"\)"sv}) {
        EXPECT_FALSE(is_valid_json(text)) << text;
        EXPECT_FALSE(is_valid_json("{\"k\":" + std::string(text) + "}")) << text;
    }
}

TEST(IsValidJson, RefusesMalformedStructure) {
    for (const std::string_view text : {""sv,
                                        "  "sv,
                                        "["sv,
                                        "]"sv,
                                        "{"sv,
                                        "}"sv,
                                        ","sv,
                                        ":"sv,
                                        "[1"sv,
                                        "[1,"sv,
                                        "[1,]"sv,
                                        "[,1]"sv,
                                        "[1,,2]"sv,
                                        "[1 2]"sv,
                                        "[1:2]"sv,
                                        "[1}"sv,
                                        "[}"sv,
                                        "{]"sv,
                                        R"({"a"})"sv,
                                        R"({"a":})"sv,
                                        R"({"a":1,})"sv,
                                        R"({"a":1,,,})"sv,
                                        R"({,"a":1})"sv,
                                        R"({"a" 1})"sv,
                                        R"({"a":1 "b":2})"sv,
                                        R"({"a":1:2})"sv,
                                        R"({"a":1]})"sv,
                                        R"({a:1})"sv,
                                        R"({1:1})"sv,
                                        R"({"a","b"})"sv,
                                        R"({null:1})"sv,
                                        R"({"a":1}})"sv,
                                        R"({"a":1} x)"sv,
                                        "[] []"sv,
                                        "1,"sv,
                                        "null null"sv,
                                        "[[[]]"sv,
                                        "{\"a\":[{\"b\":1,}]}"sv,
                                        "\xef\xbb\xbf{}"sv}) {
        EXPECT_FALSE(is_valid_json(text)) << text;
    }
}

TEST(IsValidJson, LimitsTheDepthBeforeTheStackOverflows) {
    EXPECT_TRUE(is_valid_json(nested(1024)));
    EXPECT_FALSE(is_valid_json(nested(1025)));
    EXPECT_EQ(problem_of(nested(1025)).reason, "nested more than 1024 deep");
    EXPECT_EQ(problem_of(nested(1025)).offset, 1024U);
    EXPECT_FALSE(is_valid_json(nested(10'000)));
    EXPECT_FALSE(is_valid_json(std::string(5'000'000, '[')));
    std::string objects;
    for (int depth = 0; depth < 10'000; ++depth) {
        objects += R"({"a":)";
    }
    EXPECT_FALSE(is_valid_json(objects));
}

TEST(IsValidJson, CountsDepthAndNotBrackets) {
    std::string wide = "[";
    for (int i = 0; i < 5000; ++i) {
        wide += "[{}],";
    }
    wide.back() = ']';
    EXPECT_TRUE(is_valid_json(wide));
}

TEST(IsValidJson, AgreesWithRapidJsonOnMutatedDocuments) {
    test::RandomJson random(31);
    int valid = 0;
    constexpr int kRounds = 30'000;
    for (int round = 0; round < kRounds; ++round) {
        const std::string text = test::mutated(random.next().text, random);
        if (const std::optional<bool> wanted = test::rapidjson_accepts(text)) {
            EXPECT_EQ(is_valid_json(text), *wanted) << text;
            valid += *wanted ? 1 : 0;
        }
    }
    EXPECT_GT(valid, kRounds / 10);
    EXPECT_LT(valid, kRounds / 2);
}

TEST(IsValidJson, AgreesWithRapidJsonOnRandomTokens) {
    test::RandomJson random(32);
    constexpr std::string_view kTokens[] = {
        "{",  "}",  "[", "]", ",", ":", "\"a\"", "1", " ",  "\n",    "null", "true",
        "\"", "\\", "-", "0", ".", "e", "\"\\",  "x", "\t", "\"\\u", "\0"sv, "\xC3\xBC"};
    int valid = 0;
    for (int round = 0; round < 200'000; ++round) {
        std::string text;
        for (std::size_t left = 1 + random.below(7); left > 0; --left) {
            text += kTokens[random.below(std::size(kTokens))];
        }
        const bool wanted = test::rapidjson_accepts(text).value_or(false);
        EXPECT_EQ(is_valid_json(text), wanted) << text;
        valid += wanted ? 1 : 0;
    }
    EXPECT_GT(valid, 2000);
}

TEST(FindJsonProblem, ReportsTheProblemAndItsPlace) {
    const auto expect = [](std::string_view text, std::string_view reason, std::size_t offset) {
        EXPECT_EQ(problem_of(text).reason, reason) << text;
        EXPECT_EQ(problem_of(text).offset, offset) << text;
    };
    EXPECT_EQ(find_json_problem("{}"), std::nullopt);
    expect("", "a value is missing", 0);
    expect("  ", "a value is missing", 2);
    expect("[1, ]", "a value is missing", 4);
    expect("<html>", "unexpected character", 0);
    expect("[tru]", "an unquoted word is not true, false or null", 1);
    expect("[1, 02 ]", "a number is malformed", 4);
    expect(R"(["a\x"])", "invalid escape in a string", 3);
    expect(R"({"a":1,,,})", "a key in quotes is missing", 7);
    expect("{a:1}", "a key in quotes is missing", 1);
    expect(R"({"a" 1})", "a colon is missing", 5);
    expect(R"({"a":1 "b":2})", "a comma or } is missing", 7);
    expect("[1 2]", "a comma or ] is missing", 3);
    expect("[1", "a comma or ] is missing", 2);
    expect(R"({"a":1} x)", "unexpected text after the value", 8);
    expect(R"(["a])", "a string has no closing quote", 1);
}

}  // namespace
}  // namespace runnel
