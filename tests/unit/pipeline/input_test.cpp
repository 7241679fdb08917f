#include "pipeline/input.hpp"

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(Significant, IsTheLineWithoutWhatSurroundsIt) {
    EXPECT_EQ(significant("http://a/", false), "http://a/");
    EXPECT_EQ(significant("http://a/\r", false), "http://a/");
    EXPECT_EQ(significant(" \t http://a/ \t \r", false), "http://a/");
    EXPECT_EQ(significant("two words", false), "two words");
}

TEST(Significant, IsEmptyForBlankLinesAndComments) {
    for (const char* line : {"", "\r", " ", "\t \r", "#", "# http://a/", "  #x", "#\r"}) {
        EXPECT_EQ(significant(line, false), "") << line;
        EXPECT_EQ(significant(line, true), "") << line;
    }
}

TEST(Significant, KeepsANumberSignWithinTheLine) {
    EXPECT_EQ(significant("http://a/#fragment", false), "http://a/#fragment");
}

TEST(Significant, DropsTheByteOrderMarkAtTheStartOfTheFileOnly) {
    EXPECT_EQ(significant("\xef\xbb\xbfhttp://a/\r", true), "http://a/");
    EXPECT_EQ(significant("\xef\xbb\xbf# comment", true), "");
    EXPECT_EQ(significant("\xef\xbb\xbf", true), "");
    EXPECT_EQ(significant("\xef\xbb\xbfhttp://a/", false), "\xef\xbb\xbfhttp://a/");
    EXPECT_EQ(significant("\xef\xbbhttp://a/", true), "\xef\xbbhttp://a/");
    EXPECT_EQ(significant("\xef\xbb\xbf\xef\xbb\xbfx", true), "\xef\xbb\xbfx");
}

TEST(Significant, KeepsOtherControlBytes) {
    EXPECT_EQ(significant(std::string_view("a\0b", 3), false), std::string_view("a\0b", 3));
    EXPECT_EQ(significant("\va\f", false), "\va\f");
    EXPECT_EQ(significant("a\rb", false), "a\rb");
}

TEST(ParseRequest, MakesAGetOfAUrl) {
    const http::Policy policy;
    const Result<http::Request> request = parse_request("http://a:81/b", policy);
    ASSERT_TRUE(request.ok());
    EXPECT_EQ(request->method, "GET");
    EXPECT_EQ(request->url.text(), "http://a:81/b");
    EXPECT_TRUE(request->headers.empty());
    EXPECT_EQ(request->body, "");
    EXPECT_EQ(request->policy, &policy);
}

TEST(ParseRequest, RefusesWhatIsNoUrl) {
    const http::Policy policy;
    for (const char* line : {"word", "two words", "ftp://a/", "a.example", "{\"url\":1}"}) {
        const Result<http::Request> request = parse_request(line, policy);
        ASSERT_FALSE(request.ok()) << line;
        EXPECT_EQ(request.error().error_class(), ErrorClass::BadInput);
        EXPECT_NE(request.error().message().find(line), std::string::npos);
    }
}

}  // namespace
}  // namespace runnel
