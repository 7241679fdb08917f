#include "service/extraction.hpp"

#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

/// The value, or the class and the message of the error.
std::string shown(const Result<std::string>& value) {
    return value ? *value
                 : std::string(to_string(value.error().error_class())) + ": " +
                       value.error().message();
}

std::string whole(std::string_view body) { return shown(Extraction().extract(body)); }

std::string at(std::string_view pointer, std::string_view body) {
    return shown(Extraction(*JsonPointer::parse(pointer)).extract(body));
}

std::string match(std::string_view regex, std::string_view body) {
    return shown(Extraction(*Pattern::parse(regex)).extract(body));
}

TEST(Extraction, TrimsTheWholeBody) {
    EXPECT_EQ(whole("203.0.113.7\n"), "203.0.113.7");
    EXPECT_EQ(whole(" \t\r\n\v\f a b\nc \r\n"), "a b\nc");
    EXPECT_EQ(whole(" \n"), "");
    EXPECT_EQ(whole(""), "");
    EXPECT_EQ(whole("\xef\xbb\xbf"
                    "a"),
              "a");
}

TEST(Extraction, TakesTheValueAtAPointer) {
    EXPECT_EQ(at("/ip", R"({"ip": "203.0.113.7"})"), "203.0.113.7");
    EXPECT_EQ(at("/ip", "\xef\xbb\xbf{\"ip\": 1}"), "1");
    EXPECT_EQ(at("/a/1", R"({"a": [0, {"b": 1.50}]})"), R"({"b":1.50})");
    EXPECT_EQ(at("/text", R"({"text": "one\ttwo\n"})"), "one\ttwo\n");
}

TEST(Extraction, FailsWithoutTheValue) {
    EXPECT_EQ(at("/ip", R"({"query": "203.0.113.7"})"), "extract: no value at \"/ip\"");
    EXPECT_EQ(at("/ip", "<html>").substr(0, 28), "extract: 1:1: not valid JSON");
    EXPECT_EQ(at("/ip", "").substr(0, 8), "extract:");
    EXPECT_EQ(at("/ip", R"({"ip": null})"), "extract: the value at \"/ip\" is null");
    EXPECT_EQ(at("/a", R"({"a": [null]})"), "[null]");
}

TEST(Extraction, TakesTheFirstGroupOfAMatch) {
    EXPECT_EQ(match("Address: ([0-9.]+)", "<b>Current IP Address: 203.0.113.7</b>"), "203.0.113.7");
    EXPECT_EQ(match("(b)|(c)", "abc"), "b");
    EXPECT_EQ(match("[0-9]+", "ab12cd"), "12") << "the whole match without a group";
    EXPECT_EQ(match("x(y)?", "x"), "");
    EXPECT_EQ(match("Address: (.*)", "nothing"), "extract: the pattern does not match the body");
}

TEST(Pattern, RefusesInvalidExpressions) {
    const Result<Pattern> pattern = Pattern::parse("a(b");
    ASSERT_FALSE(pattern.ok());
    EXPECT_EQ(pattern.error().error_class(), ErrorClass::BadInput);
    EXPECT_TRUE(
        pattern.error().message().starts_with("\"a(b\" is not an RE2 regular expression: "));
}

}  // namespace
}  // namespace runnel
