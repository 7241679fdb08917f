#include "app/check/target_table.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

TargetTable table(const std::string& json, const Assertions& all = Assertions()) {
    const Result<TargetTable> parsed = TargetTable::parse(json, all);
    EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().message());
    return *parsed;
}

std::string refusal(const std::string& json) {
    const Result<TargetTable> parsed = TargetTable::parse(json, Assertions());
    return parsed ? "taken" : parsed.error().message();
}

TEST(TargetTable, AcceptsEveryAssertion) {
    const TargetTable made = table(R"({"name":"api","url":"https://h/","expect":"204",
        "expect-header":"A: b","body_re":["x","-y",""],"no-body-re":"z","json_value":"/a == 1",
        "warn-time":"1s","crit_time":2,"cert-days":"30,7","require_tls":true,"max-body":"1k"})");
    EXPECT_EQ(made.name, "api");
    EXPECT_EQ(made.url, "https://h/");
    EXPECT_EQ(made.assertions.expect->text, "204");
    EXPECT_EQ(made.assertions.headers.size(), 1U);
    ASSERT_EQ(made.assertions.body.size(), 3U);
    EXPECT_EQ(made.assertions.body[0].text(), "x");
    EXPECT_EQ(made.assertions.body[1].text(), "-y");
    EXPECT_EQ(made.assertions.body[2].text(), "");
    EXPECT_EQ(made.assertions.no_body.size(), 1U);
    EXPECT_EQ(made.assertions.json.size(), 1U);
    EXPECT_EQ(made.assertions.warn_time, 1s);
    EXPECT_EQ(made.assertions.crit_time, 2s);
    EXPECT_TRUE(made.assertions.cert_days);
    EXPECT_TRUE(made.assertions.require_tls);
    EXPECT_EQ(made.assertions.max_body, 1024U);
}

TEST(TargetTable, ReplacesDefaultsAndKeepsTheRest) {
    Assertions all;
    all.body = {*Pattern::parse("a"), *Pattern::parse("b")};
    all.warn_time = 1s;
    all.require_tls = true;
    const TargetTable made = table(R"({"url":"http://h/","body-re":"c","require-tls":false})", all);
    ASSERT_EQ(made.assertions.body.size(), 1U);
    EXPECT_EQ(made.assertions.body[0].text(), "c");
    EXPECT_EQ(made.assertions.warn_time, 1s);
    EXPECT_FALSE(made.assertions.require_tls);
}

TEST(TargetTable, IsNamedAfterItsUrlWithoutThePassword) {
    EXPECT_EQ(table(R"({"url":"http://user:secret@h/"})").name, "http://***@h/");
}

TEST(TargetTable, FindsAssertionsOnTheResponse) {
    EXPECT_EQ(table(R"({"url":"tcp://h:1","warn-time":"1s"})").own_response_rule, "");
    EXPECT_EQ(table(R"({"url":"tcp://h:1","body-re":"x"})").own_response_rule, "body-re");
}

TEST(TargetTable, RefusesInvalidTables) {
    EXPECT_EQ(refusal("{}"), "url: is missing");
    EXPECT_EQ(refusal("3"), "expected a table such as url = \"https://…\"");
    EXPECT_EQ(refusal(R"({"url":3})"), "url: takes a string that is not empty");
    EXPECT_EQ(refusal(R"({"url":"u","expct":"200"})"), "expct: not an assertion");
    EXPECT_EQ(refusal(R"({"url":"u","help":true})"), "help: not an assertion");
    EXPECT_EQ(refusal(R"({"url":"u","retry":3})"), "retry: not an assertion");
    EXPECT_EQ(refusal(R"({"url":"u","expect":["200"]})"), "expect: takes one value");
    EXPECT_EQ(refusal(R"({"url":"u","body-re":[true]})"),
              "body-re: takes a string or a list of strings");
    EXPECT_EQ(refusal(R"({"url":"u","require-tls":"yes"})"),
              "require-tls: takes no value, only true or false");
    EXPECT_NE(refusal(R"({"url":"u","warn-time":"soon"})").find("--warn-time: "),
              std::string::npos);
}

}  // namespace
}  // namespace runnel
