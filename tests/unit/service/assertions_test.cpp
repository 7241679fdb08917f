#include "service/assertions.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Level = AssertionResult::Level;

/// A response that passes: 200 with a body, over https, in 100 ms.
Observation good() {
    Observation seen;
    seen.trace.status = 200;
    seen.trace.total = 100ms;
    seen.trace.effective_url = "https://host.test/";
    seen.headers = {"Content-Type: application/json", "X-A: one", "x-a: two"};
    seen.body = R"({"status":"ok"})";
    seen.body_size = seen.body->size();
    seen.certificate_left = Observation::Days(20);
    return seen;
}

Observation nothing() {
    Observation seen;
    seen.failure = Error(ErrorClass::Connect, "refused");
    return seen;
}

/// The result of the last assertion.
AssertionResult last(const Assertions& assertions, const Observation& seen) {
    return assertions.evaluate(seen).back();
}

void expect(const AssertionResult& result, std::string_view name, Level level,
            std::string_view expected, std::string_view actual) {
    EXPECT_EQ(result.name, name);
    EXPECT_EQ(result.level, level) << name;
    EXPECT_EQ(result.expected, expected);
    EXPECT_EQ(result.actual.value_or("NONE"), actual);
}

TEST(Assertions, TheStatusIsAlwaysChecked) {
    Assertions assertions;
    Observation seen = good();
    ASSERT_EQ(assertions.evaluate(seen).size(), 1U);
    expect(last(assertions, seen), "expect", Level::Ok, "2xx", "200");
    seen.trace.status = 503;
    expect(last(assertions, seen), "expect", Level::Failed, "2xx", "503");
    assertions.expect = *ExpectedStatus::parse("200,503");
    expect(last(assertions, seen), "expect", Level::Ok, "200,503", "503");
    expect(last(assertions, nothing()), "expect", Level::Failed, "200,503", "NONE");
}

TEST(Assertions, HeaderNamesIgnoreCase) {
    Assertions assertions;
    assertions.headers = {*HeaderCondition::parse("content-type: ^application/json")};
    expect(last(assertions, good()), "expect-header", Level::Ok,
           "content-type =~ ^application/json", "application/json");
    assertions.headers = {*HeaderCondition::parse("X-A: one, two")};
    EXPECT_EQ(last(assertions, good()).level, Level::Ok);
    for (const char* one_of_them : {"X-A: ^one$", "X-A: ^two$"}) {
        assertions.headers = {*HeaderCondition::parse(one_of_them)};
        EXPECT_EQ(last(assertions, good()).level, Level::Ok) << one_of_them;
    }
    assertions.headers = {*HeaderCondition::parse("X-A:three")};
    expect(last(assertions, good()), "expect-header", Level::Failed, "X-A =~ three", "one, two");
    assertions.headers = {*HeaderCondition::parse("X-B: .*")};
    expect(last(assertions, good()), "expect-header", Level::Failed, "X-B =~ .*", "NONE");
}

TEST(Assertions, AHeaderConditionNeedsANameAndAnExpression) {
    EXPECT_FALSE(HeaderCondition::parse("no colon"));
    EXPECT_FALSE(HeaderCondition::parse("bad name: x"));
    EXPECT_FALSE(HeaderCondition::parse("X: ("));
}

TEST(Assertions, TheBodyMatchesOrDoesNot) {
    Assertions assertions;
    assertions.body = {*Pattern::parse("ok"), *Pattern::parse("ko")};
    const std::vector<AssertionResult> results = assertions.evaluate(good());
    ASSERT_EQ(results.size(), 3U);
    expect(results[1], "body-re", Level::Ok, "=~ ok", "ok");
    expect(results[2], "body-re", Level::Failed, "=~ ko", "NONE");
}

TEST(Assertions, TheBodyMustNotMatch) {
    Assertions assertions;
    assertions.no_body = {*Pattern::parse("rror")};
    expect(last(assertions, good()), "no-body-re", Level::Ok, "!~ rror", "NONE");
    assertions.no_body = {*Pattern::parse("stat..")};
    expect(last(assertions, good()), "no-body-re", Level::Failed, "!~ stat..", "status");
}

TEST(Assertions, WithoutABodyItsAssertionsFail) {
    Assertions assertions;
    assertions.no_body = {*Pattern::parse("rror")};
    EXPECT_EQ(last(assertions, nothing()).level, Level::Failed);
    assertions.json = {*JsonCondition::parse("/a exists false")};
    expect(last(assertions, nothing()), "json-value", Level::Failed, "/a exists false",
           "there is no body");
}

TEST(Assertions, AValueInJson) {
    Assertions assertions;
    assertions.json = {*JsonCondition::parse("/status == ok")};
    Observation seen = good();
    expect(last(assertions, seen), "json-value", Level::Ok, "/status == ok", "ok");
    seen.body = "\xef\xbb\xbf{\"status\":[1]}";
    expect(last(assertions, seen), "json-value", Level::Failed, "/status == ok", "[1]");
    seen.body = "{}";
    expect(last(assertions, seen), "json-value", Level::Failed, "/status == ok", "NONE");
    seen.body = "<html>";
    EXPECT_TRUE(last(assertions, seen).actual->starts_with("not JSON: "));
}

TEST(Assertions, TimeWarnsBeforeItFails) {
    Assertions assertions;
    assertions.warn_time = 100ms;
    expect(last(assertions, good()), "warn-time", Level::Ok, "<= 0.1 s", "0.1 s");
    assertions.warn_time = 50ms;
    expect(last(assertions, good()), "warn-time", Level::Warn, "<= 0.05 s", "0.1 s");
    assertions.crit_time = 99ms;
    expect(last(assertions, good()), "crit-time", Level::Failed, "<= 0.099 s", "0.1 s");
}

TEST(Assertions, CertificatesWarnBeforeTheyFail) {
    Assertions assertions;
    assertions.cert_days = *CertificateDays::parse("20,7");
    Observation seen = good();
    expect(last(assertions, seen), "cert-days", Level::Ok, ">= 20.0 days", "20.0 days");
    seen.certificate_left = Observation::Days(19.9);
    expect(last(assertions, seen), "cert-days", Level::Warn, ">= 20.0 days", "19.9 days");
    seen.certificate_left = Observation::Days(6.9);
    expect(last(assertions, seen), "cert-days", Level::Failed, ">= 7.0 days", "6.9 days");
    seen.certificate_left.reset();
    expect(last(assertions, seen), "cert-days", Level::Failed, ">= 7.0 days", "NONE");
}

TEST(Assertions, DaysAreTwoNumbersInTheRightOrder) {
    for (const char* text :
         {"", "7", "7,", ",7", "a,b", "30,7,1", "30 ,7", "-1,-2", "nan,1", "inf,1"}) {
        EXPECT_FALSE(CertificateDays::parse(text)) << text;
    }
    EXPECT_NE(CertificateDays::parse("7,30").error().message().find("use 30,7"), std::string::npos);
    EXPECT_EQ(CertificateDays::parse("1.5,0")->warn(), Observation::Days(1.5));
}

TEST(Assertions, TlsIsRequiredOfTheFinalResponse) {
    Assertions assertions;
    assertions.require_tls = true;
    Observation seen = good();
    expect(last(assertions, seen), "require-tls", Level::Ok, "https", "https");
    seen.trace.effective_url = "http://host.test/";
    expect(last(assertions, seen), "require-tls", Level::Failed, "https", "http");
}

TEST(Assertions, ASizeLimitIsAnAssertion) {
    Assertions assertions;
    EXPECT_EQ(assertions.body_limit(), 0U) << "the body is not needed";
    assertions.no_body = {*Pattern::parse("error")};
    EXPECT_EQ(assertions.body_limit(), Assertions::kDefaultBodyLimit);
    assertions.no_body.clear();
    assertions.max_body = 100;
    expect(last(assertions, good()), "max-body", Level::Ok, "<= 100 bytes", "15 bytes");
    Observation seen = good();
    seen.failure = Error(ErrorClass::TooLarge, "too large");
    expect(last(assertions, seen), "max-body", Level::Failed, "<= 100 bytes", "more");
    expect(last(assertions, nothing()), "max-body", Level::Failed, "<= 100 bytes", "NONE");
    assertions.max_body = 0;
    EXPECT_EQ(last(assertions, good()).name, "expect");
}

TEST(Assertions, AConnectionIsCheckedForTimeOnly) {
    Assertions assertions;
    assertions.require_tls = true;
    EXPECT_TRUE(assertions.evaluate_connection(good()).empty());
    assertions.crit_time = 50ms;
    EXPECT_EQ(assertions.evaluate_connection(good()).front().level, Level::Failed);
    EXPECT_EQ(assertions.first_response_option(), "require-tls");
    assertions.require_tls = false;
    EXPECT_EQ(assertions.first_response_option(), "");
}

TEST(Assertions, AResultIsASentence) {
    EXPECT_EQ(to_sentence(AssertionResult("body-re", Level::Failed, "=~ ok")),
              "body-re: expected =~ ok, got nothing");
}

}  // namespace
}  // namespace runnel
