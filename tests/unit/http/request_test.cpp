#include "http/request.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "support/exchange.hpp"

namespace runnel::http {
namespace {

TEST(Policy, CarriesEverythingToOnePort) {
    Policy policy;
    policy.routes.proxies =
        *ProxyRules::make("http://p", [](const char* /*name*/) { return nullptr; });
    policy.routes.unix_socket = "/run/x";
    policy.family = Family::IPv6;
    policy.public_only = true;
    policy.compressed = false;
    policy.carry_everything_to(4242);
    const Url url = test::url_of("https://a.test/");
    const Route route = policy.routes.route_of(url);
    EXPECT_EQ(to_string(route.target), "127.0.0.1:4242");
    EXPECT_EQ(route.proxy, nullptr);
    EXPECT_TRUE(policy.routes.unix_socket.empty());
    EXPECT_EQ(policy.family, Family::Any);
    EXPECT_FALSE(policy.public_only);
    EXPECT_FALSE(policy.compressed);
}

using namespace std::chrono_literals;

class RequestTest : public testing::Test {
protected:
    Policy policy;
    Request request = test::request_for("http://a/", policy);
};

TEST_F(RequestTest, HasTheTimeLimitOfItsPolicyByDefault) {
    policy.max_time = 3s;
    EXPECT_EQ(request.attempt_limit(), 3s);
    request.max_time = 0s;
    EXPECT_EQ(request.attempt_limit(), 0s);
}

TEST_F(RequestTest, EnclosesABodyByMethodOrContent) {
    for (const char* method : {"POST", "PUT", "PATCH"}) {
        request.method = method;
        EXPECT_TRUE(request.encloses_body()) << method;
    }
    for (const char* method : {"GET", "DELETE", "OPTIONS", "post"}) {
        request.method = method;
        request.body.clear();
        EXPECT_FALSE(request.encloses_body()) << method;
        request.body = "x";
        EXPECT_TRUE(request.encloses_body()) << method;
    }
}

TEST_F(RequestTest, AsksForCompressedBodiesByDefault) {
    EXPECT_EQ(request.headers_to_send(), (Headers{"Accept-Encoding: gzip, deflate, br, zstd"}));
    policy.compressed = false;
    EXPECT_EQ(request.headers_to_send(), Headers());
}

TEST_F(RequestTest, ReplacesDefaultHeaders) {
    for (const char* own : {"accept-encoding: identity", "Accept-Encoding:", "ACCEPT-ENCODING;"}) {
        request.headers = {"X-A: 1", own};
        EXPECT_EQ(request.headers_to_send(), (Headers{"X-A: 1", own}));
    }
}

TEST_F(RequestTest, SuppressesHeadersOfLibcurlForABody) {
    policy.compressed = false;
    request.body = "x";
    EXPECT_EQ(request.headers_to_send(), (Headers{"Content-Type:", "Expect:"}));
    request.headers = {"content-type: a/b", "expect: 100-continue"};
    EXPECT_EQ(request.headers_to_send(), request.headers);
}

TEST_F(RequestTest, IsConditionalForOneUrlOnly) {
    policy.compressed = false;
    request.condition.emplace(request.url.redacted(), "If-None-Match: \"a\"");
    EXPECT_EQ(request.headers_to_send(), (Headers{"If-None-Match: \"a\""}));
    request.condition->url += "x";
    EXPECT_EQ(request.headers_to_send(), Headers());
}

}  // namespace
}  // namespace runnel::http
