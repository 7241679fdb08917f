#include "http/request.hpp"

#include <gtest/gtest.h>

#include "support/exchange.hpp"

namespace runnel::http {
namespace {

TEST(Policy, CarriesEverythingToOnePortWhateverWasSaidBefore) {
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

}  // namespace
}  // namespace runnel::http
