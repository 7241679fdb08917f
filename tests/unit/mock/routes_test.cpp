#include "mock/routes.hpp"

#include <string>
#include <string_view>
#include <vector>

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

TEST(Route, MatchesEverySpellingOfATarget) {
    // Of each row: the path of a route, and the same as a regex; then spellings of the request.
    const std::vector<std::vector<std::string>> same = {
        {"/a?x=1&y=2&y=1", R"(/a\\?x=1&y=2&y=1)", "/a?y=2&y=1&x=1", "/a?y=1&x=1&y=2"},
        {"/f%C3%BC", "/f%C3%BC", "/f%c3%bc", "/f%c3%BC", "/f%c3%bc?any"},
        {"/f%c3%bc", "/f%c3%bc", "/f%C3%BC", "/f%C3%bc"},
        {"/a?b=%C3&a", R"(/a\\?b=%C3&a)", "/a?a&b=%c3"}};
    for (const std::vector<std::string>& row : same) {
        for (std::size_t i = 2; i < row.size(); ++i) {
            EXPECT_TRUE(route("\"path\": \"" + row[0] + "\"").matches(request("GET", row[i])))
                << row[i];
            EXPECT_TRUE(route("\"regex\": \"" + row[1] + "\"").matches(request("GET", row[i])))
                << row[i];
        }
    }
    const Route two = route(R"("path": "/a?x=1&y=2")");
    for (const char* other : {"/a?y=2", "/a?x=2&y=1", "/a?x=1&y=2&y=2", "/A?y=2&x=1", "/a"}) {
        EXPECT_FALSE(two.matches(request("GET", other))) << other;
    }
    EXPECT_FALSE(route(R"("path": "/c3")").matches(request("GET", "/C3&")));
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
