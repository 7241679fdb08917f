#include "mock/routes.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "mock/routes_file.hpp"

namespace runnel::mock {
namespace {

Route route(std::string_view members) {
    Result<Routes> routes = parse_routes("[{" + std::string(members) + "}]", "test", ".");
    EXPECT_TRUE(routes.ok()) << routes.error().message();
    return std::move(routes->front());
}

Request request(std::string_view method, std::string_view target, std::string_view host = "") {
    Request made;
    made.method = method;
    made.target = target;
    made.host = host;
    return made;
}

TEST(Route, MatchesAPathWithAnyQuery) {
    const Route user = route(R"("path": "/user")");
    EXPECT_TRUE(user.matches(request("GET", "/user")));
    EXPECT_TRUE(user.matches(request("GET", "/user?id=1")));
    EXPECT_TRUE(user.matches(request("DELETE", "/user?")));
    EXPECT_FALSE(user.matches(request("GET", "/user/")));
    EXPECT_FALSE(user.matches(request("GET", "/users")));
    EXPECT_FALSE(user.matches(request("GET", "/User")));
    EXPECT_FALSE(user.matches(request("GET", "/")));
}

TEST(Route, MatchesTheQueryOfItsPath) {
    const Route first = route(R"("path": "/list?page=1")");
    EXPECT_TRUE(first.matches(request("GET", "/list?page=1")));
    EXPECT_FALSE(first.matches(request("GET", "/list")));
    EXPECT_FALSE(first.matches(request("GET", "/list?page=12")));
}

TEST(Route, MatchesARegexWithTheWholePathOrWithPathAndQuery) {
    const Route item = route(R"("regex": "/item/[0-9]+")");
    EXPECT_TRUE(item.matches(request("GET", "/item/12")));
    EXPECT_TRUE(item.matches(request("GET", "/item/12?full=1")));
    EXPECT_FALSE(item.matches(request("GET", "/item/")));
    EXPECT_FALSE(item.matches(request("GET", "/item/12/more")));
    EXPECT_FALSE(item.matches(request("GET", "/an/item/12")));
    const Route search = route(R"("regex": "/search\\?q=[a-z]+")");
    EXPECT_TRUE(search.matches(request("GET", "/search?q=abc")));
    EXPECT_FALSE(search.matches(request("GET", "/search")));
    EXPECT_FALSE(search.matches(request("GET", "/search?q=abc&x=1")));
}

TEST(Route, MatchesAMethodAndGetMatchesHead) {
    const Route get = route(R"("path": "/", "method": "GET")");
    EXPECT_TRUE(get.matches(request("GET", "/")));
    EXPECT_TRUE(get.matches(request("HEAD", "/")));
    EXPECT_FALSE(get.matches(request("POST", "/")));
    EXPECT_FALSE(get.matches(request("get", "/")));
    EXPECT_FALSE(route(R"("path": "/", "method": "HEAD")").matches(request("GET", "/")));
    EXPECT_TRUE(route(R"("path": "/")").matches(request("PURGE", "/")));
}

TEST(Route, MatchesAHostIgnoringCaseAndPort) {
    const Route api = route(R"("path": "/", "host": "API.example")");
    EXPECT_TRUE(api.matches(request("GET", "/", "api.example")));
    EXPECT_TRUE(api.matches(request("GET", "/", "Api.Example:8443")));
    EXPECT_FALSE(api.matches(request("GET", "/", "www.api.example")));
    EXPECT_FALSE(api.matches(request("GET", "/", "api.example.org")));
    EXPECT_FALSE(api.matches(request("GET", "/", "")));
    const Route address = route(R"("path": "/", "host": "[::1]")");
    EXPECT_TRUE(address.matches(request("GET", "/", "[::1]:80")));
    EXPECT_TRUE(address.matches(request("GET", "/", "[::1]")));
    EXPECT_TRUE(route(R"("path": "/")").matches(request("GET", "/", "any.example")));
}

TEST(Route, RepeatsTheLastAnswerOfASequence) {
    const Route twice = route(R"("path": "/", "sequence": [{"status": 500}, {"status": 201}])");
    EXPECT_EQ(twice.answer(0).status, 500U);
    EXPECT_EQ(twice.answer(1).status, 201U);
    EXPECT_EQ(twice.answer(2).status, 201U);
    EXPECT_EQ(twice.answer(1000).status, 201U);
}

TEST(Route, RestartsARepeatedSequence) {
    const Route cycle =
        route(R"("path": "/", "repeat": true, "sequence": [{"status": 500}, {"status": 201}])");
    EXPECT_EQ(cycle.answer(1).status, 201U);
    EXPECT_EQ(cycle.answer(2).status, 500U);
    EXPECT_EQ(cycle.answer(1001).status, 201U);
}

}  // namespace
}  // namespace runnel::mock
