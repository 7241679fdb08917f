#include "app/fetch/fetch_options.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include "support/parsed_options.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Arguments = std::vector<std::string>;

FetchOptions parse(Arguments arguments) {
    OptionSet set;
    FetchOptions options;
    describe_fetch(set, options);
    test::parse(set, std::move(arguments));
    return options;
}

/// Returns why \a arguments are refused.
std::string refusal(Arguments arguments) {
    std::string all;
    for (const std::string& argument : arguments) {
        all += argument + ' ';
    }
    try {
        parse(std::move(arguments));
    } catch (const test::Refused& error) {
        return error.what();
    }
    ADD_FAILURE() << "accepted: " << all;
    return "";
}

TEST(FetchOptions, HaveTheirDefaults) {
    const FetchOptions options = parse({});
    EXPECT_TRUE(options.urls.empty());
    EXPECT_TRUE(options.files.empty());
    EXPECT_EQ(options.limits.jobs, 50U);
    EXPECT_TRUE(options.expect.contains(204));
    EXPECT_FALSE(options.expect.contains(304));
    EXPECT_EQ(options.policy.max_time, Duration::zero());
    EXPECT_EQ(options.policy.connect_timeout, 10s);
    EXPECT_EQ(options.policy.idle_timeout, 30s);
    EXPECT_EQ(options.max_body, std::nullopt);
    EXPECT_EQ(options.max_line, 16U << 20);
    EXPECT_EQ(options.deadline, Duration::zero());
    EXPECT_EQ(options.grace, 10s);
}

TEST(FetchOptions, SetWhatTheySay) {
    EXPECT_EQ(parse({"-m", "1.5"}).policy.max_time, 1500ms);
    EXPECT_EQ(parse({"--max-time", "2m"}).policy.max_time, 2min);
    EXPECT_EQ(parse({"--connect-timeout=250ms"}).policy.connect_timeout, 250ms);
    EXPECT_EQ(parse({"--idle-timeout", "0"}).policy.idle_timeout, Duration::zero());
    EXPECT_EQ(parse({"--max-body", "10M"}).max_body, 10U << 20);
    EXPECT_EQ(parse({"--max-line", "64k"}).max_line, 64U << 10);
    EXPECT_EQ(parse({"--deadline", "1h"}).deadline, 1h);
    EXPECT_EQ(parse({"--grace", "3"}).grace, 3s);
    const FetchOptions options = parse({"--expect", "404,5xx"});
    EXPECT_TRUE(options.expect.contains(503));
    EXPECT_FALSE(options.expect.contains(200));
}

TEST(FetchOptions, KnowTheJobsByFourNames) {
    EXPECT_EQ(parse({"-j", "3"}).limits.jobs, 3U);
    EXPECT_EQ(parse({"-P4"}).limits.jobs, 4U);
    EXPECT_EQ(parse({"--jobs=5"}).limits.jobs, 5U);
    EXPECT_EQ(parse({"--parallel-max", "6"}).limits.jobs, 6U);
}

TEST(FetchOptions, KnowHowManyMayBeOutAndHowOften) {
    const AdmissionLimits defaults = parse({}).limits;
    EXPECT_FALSE(defaults.adaptive);
    EXPECT_EQ(defaults.per_origin, 0U);
    EXPECT_EQ(defaults.breaker, 5U);
    EXPECT_FALSE(defaults.rate || defaults.host_rate);
    EXPECT_TRUE(parse({"-j", "auto"}).limits.adaptive);
    EXPECT_EQ(parse({"-j", "auto"}).limits.jobs, 500U);
    EXPECT_FALSE(parse({"-j", "auto", "-j", "7"}).limits.adaptive);
    EXPECT_EQ(parse({"--per-host", "2"}).limits.per_origin, 2U);
    EXPECT_EQ(parse({"--rate", "100/s"}).limits.rate->count(), 100U);
    EXPECT_EQ(parse({"--host-rate", "2/15s"}).limits.host_rate->per(), 15s);
    EXPECT_EQ(parse({"--host-breaker", "9"}).limits.breaker, 9U);
    EXPECT_EQ(parse({"--host-breaker", "off"}).limits.breaker, 0U);
    EXPECT_EQ(parse({}).hedge, Duration::zero());
    EXPECT_EQ(parse({"--hedge", "250ms"}).hedge, 250ms);
    EXPECT_NE(
        refusal({"-j", "0"}).find("--jobs: \"0\" is neither a whole number above zero nor auto"),
        std::string::npos);
    EXPECT_NE(refusal({"--rate", "10"}).find("--rate: \"10\" is not a rate"), std::string::npos);
    EXPECT_NE(refusal({"--host-breaker", "0"}).find("nor off"), std::string::npos);
}

TEST(FetchOptions, TakeTheLastOfSeveral) {
    EXPECT_EQ(parse({"-j", "3", "--jobs", "4", "-P", "5"}).limits.jobs, 5U);
    EXPECT_EQ(parse({"-m", "3", "-m", "4"}).policy.max_time, 4s);
    EXPECT_EQ(parse({"--max-body", "3", "--max-body", "0"}).max_body, 0U);
    EXPECT_FALSE(parse({"--expect", "200", "--expect", "404"}).expect.contains(200));
}

TEST(FetchOptions, CollectUrlsAndFiles) {
    const FetchOptions options =
        parse({"http://a", "-i", "one", "http://b", "--input=two", "-i", "-", "http://c"});
    EXPECT_EQ(options.urls, (Arguments{"http://a", "http://b", "http://c"}));
    EXPECT_EQ(options.files, (Arguments{"one", "two", "-"}));
}

TEST(FetchOptions, TakeEachUrlAsItStands) {
    const Arguments urls = {"[1,2]", "{}", "", "{\"url\":\"http://a/\"}", "[]"};
    EXPECT_EQ(parse(urls).urls, urls);
    EXPECT_EQ(parse({"{}"}).urls, (Arguments{"{}"}));
}

TEST(FetchOptions, SayWhatTheInputIs) {
    EXPECT_EQ(parse({}).separator, Separator::Newline);
    EXPECT_EQ(parse({"-0"}).separator, Separator::Nul);
    EXPECT_EQ(parse({"--null"}).separator, Separator::Nul);
    EXPECT_FALSE(parse({}).url_template);
    EXPECT_EQ(parse({"--template", "http://a/{}"}).url_template->fill("b"), "http://a/b");
    EXPECT_FALSE(parse({}).dry_run);
    EXPECT_TRUE(parse({"--dry-run"}).dry_run);
    EXPECT_EQ(parse({"-X", "PUT"}).requests.method, "PUT");
}

TEST(FetchOptions, RefuseATemplateThatMakesNoUrl) {
    EXPECT_NE(refusal({"--template", "http://a/"}).find("--template"), std::string::npos);
    EXPECT_NE(refusal({"--template", "a/{}"}).find("--template"), std::string::npos);
}

TEST(FetchOptions, KnowWhetherStdinIsRead) {
    EXPECT_TRUE(parse({}).reads_stdin());
    EXPECT_TRUE(parse({"-i", "one", "-i", "-"}).reads_stdin());
    EXPECT_TRUE(parse({"http://a", "-i", "-"}).reads_stdin());
    EXPECT_FALSE(parse({"http://a"}).reads_stdin());
    EXPECT_FALSE(parse({"-i", "one"}).reads_stdin());
}

TEST(FetchOptions, NameTheOptionOfABadValue) {
    for (const char* option : {"--max-time", "--connect-timeout", "--idle-timeout", "--max-body",
                               "--max-line", "--deadline", "--grace", "--jobs", "--expect"}) {
        for (const char* value : {"x", "", "5 s", "1e999", "99999999999999999999999999999"}) {
            const std::string why = refusal({std::string(option) + "=" + value});
            EXPECT_NE(why.find(option), std::string::npos) << option << "=" << value << ": " << why;
        }
    }
    EXPECT_NE(refusal({"-m", "x"}).find("--max-time"), std::string::npos);
    EXPECT_NE(refusal({"-P", "x"}).find("--jobs"), std::string::npos);
}

TEST(FetchOptions, RefuseNegativeNumbersAndNoJobs) {
    EXPECT_NE(refusal({"--jobs=-1"}).find("--jobs"), std::string::npos);
    EXPECT_NE(refusal({"--jobs=0"}).find("above zero"), std::string::npos);
    EXPECT_NE(refusal({"--jobs=1.5"}).find("--jobs"), std::string::npos);
    EXPECT_NE(refusal({"--max-time=-1"}).find("--max-time"), std::string::npos);
    EXPECT_NE(refusal({"--max-body=-1"}).find("--max-body"), std::string::npos);
}

TEST(FetchOptions, RefuseAValueForAFlag) {
    for (const char* flag :
         {"--json", "--lines", "--tag", "--null", "--dry-run", "--head", "--silent"}) {
        EXPECT_NE(refusal({std::string(flag) + "=x"}).find(flag + 2), std::string::npos) << flag;
    }
}

TEST(FetchOptions, RefuseWhatIsNotAnOption) {
    EXPECT_NE(refusal({"--no-such-option"}).find("--no-such-option"), std::string::npos);
    EXPECT_NE(refusal({"-m"}).find("--max-time"), std::string::npos);
}

}  // namespace
}  // namespace runnel
