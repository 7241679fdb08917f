#include "service/check_report.hpp"

#include <chrono>
#include <deque>
#include <string>

#include <gtest/gtest.h>

#include "json/document.hpp"
#include "service/check_summary.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

class CheckReportTest : public testing::Test {
protected:
    CheckTarget& target(const std::string& name) {
        return targets.emplace_back(
            name, "http://a/", http::Request(*http::Url::parse("http://a/"), policy), Assertions());
    }
    Observation answered(int status) {
        Observation seen;
        seen.trace.status = status;
        seen.trace.redirect = 10ms;
        seen.trace.namelookup = 11ms;
        seen.trace.connect = 13ms;
        seen.trace.appconnect = 16ms;
        seen.trace.starttransfer = 20ms;
        seen.trace.total = 25ms;
        seen.trace.remote_ip = "192.0.2.1";
        seen.trace.effective_url = "https://a/";
        return seen;
    }
    CheckResult& up(const std::string& name) {
        return results.emplace_back(CheckResult::evaluate(target(name), answered(200)));
    }
    CheckResult& down(const std::string& name, const std::string& why = "refused",
                      ErrorClass error = ErrorClass::Connect) {
        Observation seen;
        seen.failure = Error(error, why);
        return results.emplace_back(CheckResult::evaluate(target(name), std::move(seen)));
    }
    CheckResult& warned(const std::string& name) {
        CheckTarget& slow = target(name);
        slow.assertions.warn_time = 5ms;
        slow.assertions.crit_time = 1s;
        return results.emplace_back(CheckResult::evaluate(slow, answered(200)));
    }

    http::Policy policy;
    std::deque<CheckTarget> targets;
    std::vector<CheckResult> results;
};

TEST_F(CheckReportTest, PhasesAddUpToTheTotal) {
    std::string shown;
    double sum = 0;
    for (const Phase& phase : phases_of(answered(200).trace)) {
        shown += std::string(phase.name) + " ";
        sum += phase.seconds;
    }
    EXPECT_EQ(shown, "redirect resolve connect tls processing transfer ");
    EXPECT_NEAR(sum, 0.025, 1e-9);
}

TEST_F(CheckReportTest, TextHasALineForEachTargetAndAssertion) {
    up("a");
    down("b");
    EXPECT_EQ(text_report(results),
              "up    a http://a/  200 in 0.025 s (redirects 0.010, dns 0.001, connect 0.002, tls "
              "0.003, first byte 0.004, transfer 0.005)\n"
              "      ok    expect 2xx: 200\n"
              "down  b http://a/  connect: refused\n"
              "      FAIL  expect 2xx: nothing\n");
}

TEST_F(CheckReportTest, TextReportsWhatWasDamped) {
    CheckResult& result = down("b");
    result.state = CheckState::Up;
    result.damped = "down 1 of 3 times";
    EXPECT_TRUE(text_report(results).starts_with(
        "up    b http://a/  connect: refused (down 1 of 3 times, counts as up)\n"));
}

TEST_F(CheckReportTest, TextIsEscapedAndLimited) {
    down("a\x1b[31m\nup  all is well", std::string(10000, 'x'));
    const std::string text = text_report(results);
    EXPECT_TRUE(text.starts_with("down  a\\x1b[31m\\x0aup  all"));
    EXPECT_EQ(text.size(), 4096U);
    EXPECT_TRUE(text.ends_with("...\n"));
}

TEST_F(CheckReportTest, DockerTextBeginsWithTheFailuresAndIsLimited) {
    for (int i = 0; i < 100; ++i) {
        up("good " + std::to_string(i));
    }
    down("bad");
    const std::string text = docker_report(results);
    EXPECT_TRUE(text.starts_with("down  bad"));
    EXPECT_EQ(text.size(), 4096U);
}

TEST_F(CheckReportTest, JsonIsAnObjectForEachTarget) {
    up("a\"\n").changed = true;
    warned("w").seen.certificate_left = Observation::Days(3.456);
    const std::string text = json_report(results);
    const std::string first = text.substr(0, text.find('\n'));
    EXPECT_EQ(first,
              R"({"type":"check","name":"a\"\n","url":"http://a/","state":"up","changed":true,)"
              R"("error":null,"errormsg":null,"response_code":200,"remote_ip":"192.0.2.1",)"
              R"("time_namelookup":0.011000,"time_connect":0.013000,"time_appconnect":0.016000,)"
              R"("time_pretransfer":null,"time_starttransfer":0.020000,"time_redirect":0.010000,)"
              R"("time_total":0.025000,"cert_days":null,"attempts":0,"assertions":)"
              R"([{"name":"expect","ok":true,"expected":"2xx","actual":"200"}]})");
    const std::string second = text.substr(first.size() + 1);
    EXPECT_NE(second.find(R"("state":"warn","changed":null,)"), std::string::npos);
    EXPECT_NE(second.find(R"("cert_days":3.46,)"), std::string::npos);
    EXPECT_NE(second.find(R"({"name":"warn-time","ok":false,"expected":"<= 0.005 s",)"),
              std::string::npos);
    EXPECT_TRUE(is_valid_json(second.substr(0, second.size() - 1)));
}

TEST_F(CheckReportTest, NagiosReportsTheMostSevereStatus) {
    up("a");
    EXPECT_EQ(nagios_status(results), 0);
    EXPECT_EQ(nagios_report(results), "CHECK OK - 1 of 1 up | 'a time'=0.025000s;;;0\n");
    warned("w");
    EXPECT_EQ(nagios_status(results), 1);
    down("late", "the deadline passed", ErrorClass::Deadline);
    EXPECT_EQ(nagios_status(results), 3);
    down("d");
    EXPECT_EQ(nagios_status(results), 2);
    down("cut", "interrupted", ErrorClass::Interrupted);
    EXPECT_EQ(nagios_status(results), 3);
}

TEST_F(CheckReportTest, NagiosHasPerformanceDataWithLimits) {
    CheckResult& result = warned("it's=a|b");
    targets.back().assertions.cert_days = *CertificateDays::parse("30,7");
    result.seen.certificate_left = Observation::Days(12.5);
    EXPECT_EQ(
        nagios_report(results),
        "CHECK WARNING - 1 of 1 up, it's=a/b: warn-time: expected <= 0.005 s, got 0.025 s | "
        "'it''s_a/b time'=0.025000s;0.005000;1.000000;0 'it''s_a/b cert_days'=12.50;30:;7:\n");
}

TEST_F(CheckReportTest, NagiosHasALineForEachProblem) {
    down("a", "one | two\nthree");
    down("b");
    EXPECT_EQ(nagios_report(results),
              "CHECK CRITICAL - 0 of 2 up, down: a, b | 'a time'=U;;;0 'b time'=U;;;0\n"
              "a: connect: one / two\\x0athree\nb: connect: refused\n");
}

TEST_F(CheckReportTest, NagiosNamesTheTargetsOfEachStateInItsFirstLine) {
    up("good");
    warned("slow");
    down("late", "the deadline passed", ErrorClass::Deadline);
    CheckResult& damped = down("shaky");
    damped.state = CheckState::Up;
    damped.damped = "down 1 of 3 times";
    for (int i = 0; i < 12; ++i) {
        down("d" + std::to_string(i));
    }
    const std::string text = nagios_report(results);
    EXPECT_EQ(
        text.substr(0, text.find(" | ")),
        "CHECK CRITICAL - 3 of 16 up, down: d0, d1, d2, d3, d4, d5, d6, d7, d8, d9 and 2 more, "
        "unknown: late, warning: slow, damped: shaky");
    EXPECT_NE(text.find("\nshaky: connect: refused (down 1 of 3 times, counts as up)\n"),
              std::string::npos);
}

TEST_F(CheckReportTest, NagiosAndTapSayWhatMakesTheResultsUnreliable) {
    up("a");
    EXPECT_EQ(nagios_report(results, "no | room"),
              "CHECK UNKNOWN - no / room; 1 of 1 up | 'a time'=0.025000s;;;0\n");
    EXPECT_EQ(nagios_refusal("a | b\nc"), "CHECK UNKNOWN - a / b\\x0ac\n");
    EXPECT_TRUE(tap_report(results, "no room").ends_with("ok 1 - a\nBail out! no room\n"));
    EXPECT_EQ(report(CheckFormat::Text, results, "no room"), report(CheckFormat::Text, results));
}

TEST_F(CheckReportTest, TapShowsWhatWasDamped) {
    CheckResult& result = down("b");
    result.state = CheckState::Up;
    result.damped = "down 1 of 3 times";
    const std::string text = tap_report(results);
    EXPECT_NE(text.find("ok 1 - b\n  ---\n  message: \"connect: refused (down 1 of 3 times, counts "
                        "as up)\"\n"),
              std::string::npos)
        << text;
}

TEST_F(CheckReportTest, PrometheusEscapesLabels) {
    up("a\"\\\n");
    const std::string text = prometheus_report(results);
    EXPECT_NE(text.find("probe_success{name=\"a\\\"\\\\\\\\x0a\",target=\"http://a/\"} 1\n"),
              std::string::npos)
        << text;
    EXPECT_NE(text.find(",phase=\"tls\"} 0.003\n"), std::string::npos);
}

TEST_F(CheckReportTest, PrometheusHasEachMetricOnceWithAllItsSamples) {
    up("a");
    down("b");
    const std::string text = prometheus_report(results);
    EXPECT_EQ(text.find("# TYPE probe_success gauge"), text.rfind("# TYPE probe_success gauge"));
    EXPECT_NE(text.find("probe_success{name=\"b\",target=\"http://a/\"} 0\n"), std::string::npos);
    EXPECT_NE(text.find("probe_http_status_code{name=\"a\",target=\"http://a/\"} 200\n"),
              std::string::npos);
    EXPECT_NE(text.find("probe_http_status_code{name=\"b\",target=\"http://a/\"} 0\n"),
              std::string::npos);
    EXPECT_EQ(text.find("probe_http_redirects{name=\"b\""), std::string::npos);
}

TEST_F(CheckReportTest, JunitEscapesXml) {
    down("<a&\"\x01\xff>", "\xef\xbf\xbf");
    const std::string text = junit_report(results);
    EXPECT_NE(text.find("name=\"&lt;a&amp;&quot;\\x01\\xff&gt;\""), std::string::npos) << text;
    EXPECT_NE(text.find("message=\"connect: \xef\xbf\xbd\""), std::string::npos);
    EXPECT_NE(text.find("tests=\"1\" failures=\"1\""), std::string::npos);
}

TEST_F(CheckReportTest, TapEscapesDirectives) {
    up("a # TODO\n");
    down("b");
    const std::string text = tap_report(results);
    EXPECT_TRUE(text.starts_with("TAP version 13\n1..2\nok 1 - a \\# TODO\\\\x0a\nnot ok 2 - b\n"))
        << text;
    EXPECT_NE(text.find("  message: \"connect: refused\"\n"), std::string::npos);
}

TEST(CheckFormat, HasSevenNames) {
    for (const char* name : {"text", "json", "nagios", "docker", "prometheus", "junit", "tap"}) {
        EXPECT_TRUE(parse_check_format(name)) << name;
    }
    EXPECT_FALSE(parse_check_format("xml"));
    EXPECT_FALSE(parse_check_format(""));
}

TEST(Truncated, KeepsWholeCharacters) {
    EXPECT_EQ(truncated("abcdef", 6), "abcdef");
    EXPECT_EQ(truncated("abcdefg", 6), "abc...");
    EXPECT_EQ(truncated("ab\xc3\xa9gggg", 6), "ab...");
}

}  // namespace
}  // namespace runnel
