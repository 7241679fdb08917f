#include "client/reply.hpp"

#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

std::string at(const std::string& body, const std::string& pointer) {
    Reply reply;
    reply.body = body;
    const Result<std::string> value = reply.json(pointer);
    return value ? *value : "error: " + value.error().message();
}

TEST(Reply, ReturnsTheValueAtAPointer) {
    const std::string body = R"({"a": {"b": ["x", 1.50, {"c": "two\nlines"}, null]}})";
    EXPECT_EQ(at(body, "/a/b/0"), "x");
    EXPECT_EQ(at(body, "/a/b/1"), "1.50");
    EXPECT_EQ(at(body, "/a/b/2"), R"({"c":"two\nlines"})");
    EXPECT_EQ(at(body, "/a/b/2/c"), "two\nlines");
    EXPECT_EQ(at(body, "/a/b/3"), "null");
    EXPECT_EQ(at("7", ""), "7");
}

TEST(Reply, ReportsMissingValuesAndInvalidJson) {
    EXPECT_EQ(at(R"({"a": [1]})", "/a/1"), "error: no value at /a/1");
    EXPECT_EQ(at(R"({"a": 1})", "/b"), "error: no value at /b");
    EXPECT_EQ(at(R"({"a": 1})", "/a/b"), "error: no value at /a/b");
    EXPECT_TRUE(at("<html>", "/a").starts_with("error: invalid JSON: ")) << at("<html>", "/a");
    EXPECT_TRUE(at("{}", "a").starts_with("error: ")) << at("{}", "a");
    Reply html;
    html.body = "<html>";
    EXPECT_EQ(html.json("/a").error().error_class(), ErrorClass::Extract);
}

TEST(Reply, FindsHeadersWhateverTheirCase) {
    Reply reply;
    reply.headers = {"X-One: 1", "x-one: 2", "Empty;"};
    EXPECT_EQ(reply.header("x-ONE"), "1");
    EXPECT_EQ(reply.header("Empty"), "");
    EXPECT_EQ(reply.header("X"), std::nullopt);
}

}  // namespace
}  // namespace runnel
