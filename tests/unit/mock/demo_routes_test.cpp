#include "mock/demo_routes.hpp"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

#include "json/document.hpp"

namespace runnel::mock {
namespace {

TEST(DemoRoutes, HasEveryRouteOfItsIndex) {
    const Routes routes = demo_routes();
    ASSERT_EQ(routes.front().path, "/");
    const Result<JsonValue> index = parse_json_document(*routes.front().answers.front().body);
    ASSERT_TRUE(index.ok());
    EXPECT_GT(index->members.size(), 10U);
    for (const JsonMember& entry : index->members) {
        Request request;
        request.method = "GET";
        request.target = entry.name;
        EXPECT_TRUE(std::any_of(routes.begin(), routes.end(), [&](const Route& route) {
            return route.matches(request);
        })) << entry.name;
    }
}

}  // namespace
}  // namespace runnel::mock
