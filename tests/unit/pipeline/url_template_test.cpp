#include "pipeline/url_template.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace runnel {
namespace {

UrlTemplate made(std::string_view text) {
    Result<UrlTemplate> result = UrlTemplate::parse(text);
    EXPECT_TRUE(result.ok()) << text << ": " << (result ? "" : result.error().message());
    return std::move(result).value();
}

std::string refusal(std::string_view text) {
    const Result<UrlTemplate> result = UrlTemplate::parse(text);
    EXPECT_FALSE(result.ok()) << text;
    EXPECT_EQ(result.error().error_class(), ErrorClass::BadInput);
    return result.error().message();
}

TEST(PercentEncode, KeepsTheUnreservedCharacters) {
    const std::string_view unreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    EXPECT_EQ(percent_encode(unreserved), unreserved);
    EXPECT_EQ(percent_encode(""), "");
}

TEST(PercentEncode, EncodesEverythingElse) {
    EXPECT_EQ(percent_encode("a b/c?d=e&f#g%h+i:j@k"), "a%20b%2Fc%3Fd%3De%26f%23g%25h%2Bi%3Aj%40k");
    EXPECT_EQ(percent_encode("\xc3\xa9\xff\t\x7f"), "%C3%A9%FF%09%7F");
    EXPECT_EQ(percent_encode(std::string_view("\0", 1)), "%00");
    int encoded = 0;
    for (int byte = 0; byte < 256; ++byte) {
        encoded += percent_encode(std::string(1, static_cast<char>(byte))).size() == 3 ? 1 : 0;
    }
    EXPECT_EQ(encoded, 256 - 66);
}

TEST(UrlTemplate, InsertsTheLineInEveryPlaceholder) {
    EXPECT_EQ(made("http://a/v1/{}").fill("x y"), "http://a/v1/x%20y");
    EXPECT_EQ(made("http://a/{}/b/{}{}?q={}").fill("1/2"), "http://a/1%2F2/b/1%2F21%2F2?q=1%2F2");
    EXPECT_EQ(made("http://{}.a/").fill("b"), "http://b.a/");
    EXPECT_EQ(made("http://a/{}").fill("{}"), "http://a/%7B%7D");
    EXPECT_EQ(made("http://a/{}").fill(""), "http://a/");
}

TEST(UrlTemplate, LeavesOtherBracesAlone) {
    EXPECT_EQ(made("http://a/{x}/{{}}").fill("1"), "http://a/{x}/{1}");
}

TEST(UrlTemplate, NeedsAPlaceholder) {
    EXPECT_NE(refusal("http://a/").find("has no {}"), std::string::npos);
    EXPECT_NE(refusal("http://a/{ }").find("has no {}"), std::string::npos);
    EXPECT_NE(refusal("").find("has no {}"), std::string::npos);
}

TEST(UrlTemplate, MustResultInAUrl) {
    EXPECT_NE(refusal("{}").find("with 1 in place of {}"), std::string::npos);
    EXPECT_NE(refusal("a.example/{}").find("add https://"), std::string::npos);
    EXPECT_NE(refusal("ftp://a/{}").find("ftp"), std::string::npos);
    EXPECT_NE(refusal("http://a b/{}").find("percent-encode"), std::string::npos);
}

TEST(UrlTemplate, HidesThePasswordInErrors) {
    EXPECT_EQ(refusal("http://u:secret@a/").find("secret"), std::string::npos);
    EXPECT_EQ(refusal("ftp://u:secret@a/{}").find("secret"), std::string::npos);
}

}  // namespace
}  // namespace runnel
