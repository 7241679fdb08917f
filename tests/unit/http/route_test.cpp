#include "http/route.hpp"

#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/exchange.hpp"

namespace runnel::http {
namespace {

using test::url_of;
using Texts = std::vector<std::string>;

template <class Rule>
Rule rule(std::string_view text) {
    Result<Rule> parsed = Rule::parse(text);
    if (!parsed) {
        throw std::invalid_argument(parsed.error().message());
    }
    return std::move(*parsed);
}

/// Returns the error message for \a text, which must be refused.
template <class Rule>
std::string refusal(std::string_view text) {
    const Result<Rule> parsed = Rule::parse(text);
    if (parsed) {
        ADD_FAILURE() << "accepted: " << text;
        return "";
    }
    EXPECT_EQ(parsed.error().error_class(), ErrorClass::BadInput);
    return parsed.error().message();
}

ProxyRules proxied(std::string_view proxy, const char* no_proxy = nullptr) {
    Result<ProxyRules> rules =
        ProxyRules::make(std::string(proxy), [no_proxy](const char* name) -> const char* {
            return name == std::string_view("no_proxy") ? no_proxy : nullptr;
        });
    if (!rules) {
        throw std::invalid_argument(rules.error().message());
    }
    return std::move(*rules);
}

/// Describes the route of \a url under \a rules.
std::string target(const RouteRules& rules, std::string_view url) {
    const Url parsed = url_of(url);
    return to_string(rules.route_of(parsed).target);
}

std::string diverted(std::string_view text, std::string_view url) {
    RouteRules rules;
    rules.connect_to.push_back(rule<ConnectTo>(text));
    return target(rules, url);
}

Texts pinned(const RouteRules& rules, std::string_view host, std::uint16_t port) {
    const PinnedAddresses::List found = rules.pinned_for(Endpoint{host, port});
    return found ? *found : Texts();
}

TEST(Endpoint, IsWrittenAsInAUrl) {
    EXPECT_EQ(to_string(Endpoint{"example.org", 443}), "example.org:443");
    EXPECT_EQ(to_string(Endpoint{"127.0.0.1", 1}), "127.0.0.1:1");
    EXPECT_EQ(to_string(Endpoint{"::1", 80}), "[::1]:80");
}

TEST(Route, LeadsToTheHostOfTheUrl) {
    const RouteRules rules;
    const Url url = url_of("https://Example.ORG:8443/path");
    const Route route = rules.route_of(url);
    EXPECT_EQ(to_string(route.target), "example.org:8443");
    EXPECT_TRUE(route.tls);
    EXPECT_FALSE(route.diverted);
    EXPECT_FALSE(route.strips_tls(url));
    EXPECT_FALSE(route.in_clear());
    EXPECT_FALSE(route.is_forwarded());
    EXPECT_TRUE(route.needs_target_address());
    EXPECT_EQ(route.peer(), route.target);
    const Url clear = url_of("http://[::1]/");
    EXPECT_EQ(to_string(rules.route_of(clear).target), "[::1]:80");
    EXPECT_TRUE(rules.route_of(clear).in_clear());
}

TEST(Route, UsesTheProxyOfTheRules) {
    RouteRules rules;
    rules.proxies = proxied("http://proxy.test:3128", "direct.test");
    const Url http = url_of("http://a.test/");
    const Route forwarded = rules.route_of(http);
    ASSERT_NE(forwarded.proxy, nullptr);
    EXPECT_TRUE(forwarded.is_forwarded());
    EXPECT_FALSE(forwarded.needs_target_address());
    EXPECT_EQ(to_string(forwarded.peer()), "proxy.test:3128");
    EXPECT_EQ(to_string(forwarded.target), "a.test:80");

    const Url https = url_of("https://a.test/");
    const Route tunnelled = rules.route_of(https);
    EXPECT_FALSE(tunnelled.is_forwarded());
    EXPECT_FALSE(tunnelled.needs_target_address());
    EXPECT_EQ(to_string(tunnelled.peer()), "a.test:443");

    const Url direct = url_of("http://direct.test/");
    EXPECT_EQ(rules.route_of(direct).proxy, nullptr);
}

TEST(Route, NeedsAnAddressOfTheTargetForProxiesThatDoNotLookUp) {
    const Url url = url_of("http://a.test/");
    for (const auto& [proxy, needs] : {std::pair("socks4://p", true), std::pair("socks5://p", true),
                                       std::pair("socks4a://p", false),
                                       std::pair("socks5h://p", false), std::pair("p", false)}) {
        RouteRules rules;
        rules.proxies = proxied(proxy);
        const Route route = rules.route_of(url);
        EXPECT_EQ(route.needs_target_address(), needs) << proxy;
        EXPECT_EQ(route.is_forwarded(), route.proxy->scheme() == Proxy::Scheme::Http) << proxy;
    }
}

TEST(Route, IsNotInClearThroughAnHttpsProxy) {
    RouteRules rules;
    const Url url = url_of("http://a.test/");
    rules.proxies = proxied("http://p");
    EXPECT_TRUE(rules.route_of(url).in_clear());
    rules.proxies = proxied("https://p");
    EXPECT_FALSE(rules.route_of(url).in_clear());
    EXPECT_TRUE(rules.route_of(url).is_forwarded());
}

TEST(Route, OfASocketHasNoProxyAndNoAddress) {
    RouteRules rules;
    rules.proxies = proxied("http://p");
    rules.connect_to.push_back(rule<ConnectTo>("::other:1"));
    rules.unix_socket = "/run/x";
    const Url url = url_of("https://a.test/");
    const Route route = rules.route_of(url);
    EXPECT_TRUE(route.unix_socket);
    EXPECT_EQ(route.proxy, nullptr);
    EXPECT_FALSE(route.needs_target_address());
    EXPECT_TRUE(route.tls);
}

TEST(Route, OfEverythingLeadsToOnePortInClear) {
    RouteRules rules;
    rules.proxies = proxied("http://p");
    rules.unix_socket = "/run/x";
    rules.connect_to.push_back(rule<ConnectTo>("::other:1"));
    rules.pinned.push_back(rule<PinnedAddresses>("*:4242:192.0.2.1"));
    rules.everything_to = 4242;
    const Url url = url_of("https://a.test/");
    const Route route = rules.route_of(url);
    EXPECT_EQ(to_string(route.target), "127.0.0.1:4242");
    EXPECT_TRUE(route.diverted);
    EXPECT_FALSE(route.tls);
    EXPECT_TRUE(route.strips_tls(url));
    EXPECT_TRUE(route.in_clear());
    EXPECT_EQ(route.proxy, nullptr);
    EXPECT_FALSE(route.unix_socket);
    EXPECT_EQ(rules.pinned_for(route.target), nullptr);
}

TEST(ConnectTo, ReplacesHostAndPort) {
    EXPECT_EQ(diverted("a.test:80:b.test:81", "http://a.test/"), "b.test:81");
    EXPECT_EQ(diverted("a.test:80:b.test:81", "http://a.test:81/"), "a.test:81");
    EXPECT_EQ(diverted("a.test:80:b.test:81", "http://c.test/"), "c.test:80");
    EXPECT_EQ(diverted("A.Test:443:b.test:81", "https://a.TEST/"), "b.test:81");
}

TEST(ConnectTo, AcceptsEmptyParts) {
    EXPECT_EQ(diverted("::b.test:81", "http://a.test/"), "b.test:81");
    EXPECT_EQ(diverted("a.test::b.test:81", "http://a.test:5/"), "b.test:81");
    EXPECT_EQ(diverted(":5:b.test:", "http://a.test:5/"), "b.test:5");
    EXPECT_EQ(diverted(":5:b.test:", "http://a.test:6/"), "a.test:6");
    EXPECT_EQ(diverted("a.test:::81", "http://a.test/"), "a.test:81");
    EXPECT_EQ(diverted(":::", "http://a.test/"), "a.test:80");
}

TEST(ConnectTo, AcceptsAddressesInBrackets) {
    EXPECT_EQ(diverted("[::1]:80:[2001:db8::2]:81", "http://[0:0::1]/"), "[2001:db8::2]:81");
    EXPECT_EQ(diverted("127.0.0.1::[::1]:", "http://0x7f.1/"), "[::1]:80");
}

TEST(ConnectTo, MakesAProxyTunnel) {
    RouteRules rules;
    rules.proxies = proxied("http://p");
    rules.connect_to.push_back(rule<ConnectTo>("a.test::b.test:"));
    const Url moved = url_of("http://a.test/");
    EXPECT_FALSE(rules.route_of(moved).is_forwarded());
    EXPECT_EQ(to_string(rules.route_of(moved).peer()), "b.test:80");
    const Url other = url_of("http://c.test/");
    EXPECT_TRUE(rules.route_of(other).is_forwarded());
}

TEST(ConnectTo, AppliesTheFirstMatch) {
    RouteRules rules;
    for (const char* text : {"x.test::first:", "a.test::second:", "::third:"}) {
        rules.connect_to.push_back(rule<ConnectTo>(text));
    }
    EXPECT_EQ(target(rules, "http://a.test/"), "second:80");
    EXPECT_EQ(target(rules, "http://b.test/"), "third:80");
}

TEST(ConnectTo, RefusesInvalidRules) {
    for (const char* text : {"", "a", "a:80", "a:80:b", "a:80:b:81:c", "[::1:80:b:81"}) {
        EXPECT_NE(refusal<ConnectTo>(text).find("HOST1:PORT1:HOST2:PORT2"), std::string::npos)
            << text;
    }
    EXPECT_NE(refusal<ConnectTo>("a:x:b:81").find("\"x\" is not a port"), std::string::npos);
    EXPECT_NE(refusal<ConnectTo>("a:80:b:65536").find("\"65536\" is not a port"),
              std::string::npos);
    EXPECT_NE(refusal<ConnectTo>("a:0:b:1").find("\"0\" is not a port"), std::string::npos);
    EXPECT_NE(refusal<ConnectTo>("a b:80:b:1").find("\"a b\" is not a host"), std::string::npos);
    EXPECT_NE(refusal<ConnectTo>("a:80:b/c:1").find("\"b/c\" is not a host"), std::string::npos);
}

TEST(PinnedAddresses, ApplyToTheirHostAndPort) {
    RouteRules rules;
    rules.pinned.push_back(rule<PinnedAddresses>("A.test:80:192.0.2.1,[2001:db8::1],2001:db8::2"));
    EXPECT_EQ(pinned(rules, "a.test", 80), (Texts{"192.0.2.1", "2001:db8::1", "2001:db8::2"}));
    EXPECT_EQ(pinned(rules, "a.test", 81), Texts());
    EXPECT_EQ(pinned(rules, "b.test", 80), Texts());
}

TEST(PinnedAddresses, OfAnyHostHaveLowerPrecedence) {
    RouteRules rules;
    rules.pinned.push_back(rule<PinnedAddresses>("a.test:80:192.0.2.1"));
    rules.pinned.push_back(rule<PinnedAddresses>("*:80:192.0.2.2"));
    EXPECT_EQ(pinned(rules, "a.test", 80), Texts{"192.0.2.1"});
    EXPECT_EQ(pinned(rules, "b.test", 80), Texts{"192.0.2.2"});
    EXPECT_EQ(pinned(rules, "b.test", 81), Texts());
}

TEST(PinnedAddresses, AreReplacedByLaterOnes) {
    RouteRules rules;
    for (const char* text :
         {"*:80:192.0.2.1", "a:80:192.0.2.2", "+a:80:192.0.2.3", "*:80:192.0.2.4"}) {
        rules.pinned.push_back(rule<PinnedAddresses>(text));
    }
    EXPECT_EQ(pinned(rules, "a", 80), Texts{"192.0.2.3"});
    EXPECT_EQ(pinned(rules, "b", 80), Texts{"192.0.2.4"});
}

TEST(PinnedAddresses, RefuseInvalidRules) {
    for (const char* text : {"", "a", "a:80"}) {
        EXPECT_NE(refusal<PinnedAddresses>(text).find("HOST:PORT:ADDRESS"), std::string::npos);
    }
    EXPECT_NE(refusal<PinnedAddresses>(":80:127.0.0.1").find("\"\" is not a host"),
              std::string::npos);
    EXPECT_NE(refusal<PinnedAddresses>("-a:80:127.0.0.1,").find("is not"), std::string::npos);
    EXPECT_NE(refusal<PinnedAddresses>("[::1]:80:127.0.0.1").find("not a host"), std::string::npos);
    EXPECT_NE(refusal<PinnedAddresses>("a:x:127.0.0.1").find("\"x\" is not a port"),
              std::string::npos);
    for (const char* text : {"a:80:", "a:80:b", "a:80:127.0.0.1,", "a:80:[::1", "a:80:1.2.3"}) {
        EXPECT_NE(refusal<PinnedAddresses>(text).find("is not an IP address"), std::string::npos)
            << text;
    }
}

}  // namespace
}  // namespace runnel::http
