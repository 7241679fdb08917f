#include "app/race/race_options.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "app/race/ip_command.hpp"
#include "support/parsed_options.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Arguments = std::vector<std::string>;

template <class Options, class Describe>
Options parsed(Describe describe, Arguments arguments) {
    OptionSet set;
    Options options;
    describe(set, options);
    test::parse(set, std::move(arguments));
    return options;
}

RaceOptions race(Arguments arguments) {
    return parsed<RaceOptions>(&describe_race, std::move(arguments));
}

IpOptions ip(Arguments arguments) { return parsed<IpOptions>(&describe_ip, std::move(arguments)); }

TEST(RaceOptions, HaveDefaults) {
    const RaceOptions options = race({});
    EXPECT_EQ(options.deadline, 5s);
    EXPECT_EQ(options.rules.stagger, 0s);
    EXPECT_EQ(options.rules.quorum, 1U);
    EXPECT_FALSE(options.rules.all);
    EXPECT_EQ(options.rules.retry.retries, 0U);
    EXPECT_EQ(options.policy.max_body, 64U << 10);
    EXPECT_EQ(options.policy.connect_timeout, 10s);
    EXPECT_FALSE(options.valid || options.fallback || options.extract || options.match);
    EXPECT_FALSE(options.grace);
    EXPECT_EQ(options.fallback_exit, 0);
    EXPECT_FALSE(options.json);
}

TEST(RaceOptions, AreStored) {
    EXPECT_EQ(race({"a=http://a/", "http://b/"}).sources, (Arguments{"a=http://a/", "http://b/"}));
    EXPECT_EQ(race({"--stagger", "250ms"}).rules.stagger, 250ms);
    EXPECT_EQ(race({"--quorum", "2"}).rules.quorum, 2U);
    EXPECT_EQ(race({"--deadline", "0.01"}).deadline, 10ms);
    EXPECT_EQ(race({"--retry", "3"}).rules.retry.retries, 3U);
    EXPECT_EQ(race({"--fallback", ""}).fallback, "");
    EXPECT_EQ(race({"--fallback-exit", "255"}).fallback_exit, 255);
    EXPECT_EQ(race({"--extract", "/a"}).extract->text(), "/a");
    EXPECT_TRUE(race({"--match", "a"}).match->matches("a"));
    EXPECT_TRUE(race({"--valid", "ip"}).valid->check("::1").ok());
    EXPECT_TRUE(race({"--expect", "404"}).expect.contains(404));
    EXPECT_EQ(race({"-m", "2"}).policy.max_time, 2s);
    EXPECT_EQ(race({"--idle-timeout", "2"}).policy.idle_timeout, 2s);
    EXPECT_EQ(race({"--grace", "2"}).grace, 2s);
    EXPECT_EQ(ip({"--grace", "2", "--max-line", "1k"}).race.grace, 2s);
    EXPECT_THROW(race({"--max-line", "-1"}), test::Refused);
}

TEST(RaceOptions, OfIpStaggerTheProviders) {
    EXPECT_EQ(ip({}).race.rules.stagger, 200ms);
    EXPECT_EQ(ip({"--stagger", "0"}).race.rules.stagger, 0s);
    EXPECT_EQ(ip({"--providers", "x"}).providers, "x");
    EXPECT_TRUE(ip({"--list-providers"}).list_providers);
}

/// Returns the answer that \a value is with these options; empty if it is not one.
std::string address(Arguments arguments, std::string value) {
    Result<std::string> checked(std::move(value));
    for (const Validator& validator : address_validators(ip(std::move(arguments)))) {
        if (checked) {
            checked = validator.check(*std::move(checked));
        }
    }
    return checked ? *checked : "";
}

TEST(AddressValidators, AcceptPublicAddressesOfTheFamily) {
    EXPECT_EQ(address({}, "8.8.8.8"), "8.8.8.8");
    EXPECT_EQ(address({}, "2A00::1"), "2a00::1");
    EXPECT_EQ(address({}, "10.0.0.1"), "");
    EXPECT_EQ(address({"-4"}, "8.8.8.8"), "8.8.8.8");
    EXPECT_EQ(address({"-4"}, "2a00::1"), "");
    EXPECT_EQ(address({"-4"}, "10.0.0.1"), "");
    EXPECT_EQ(address({"-6"}, "8.8.8.8"), "");
    EXPECT_EQ(address({"-6"}, "fd00::1"), "");
    EXPECT_EQ(address({"-6", "--allow-private"}, "fd00::1"), "fd00::1");
    EXPECT_EQ(address({"--allow-private"}, "10.0.0.1"), "10.0.0.1");
    EXPECT_EQ(address({"--allow-private"}, "x"), "");
    EXPECT_EQ(address({"--valid", "nonempty"}, "x"), "x");
    EXPECT_EQ(address({"-4", "--valid", "nonempty"}, "x"), "");
}

}  // namespace
}  // namespace runnel
