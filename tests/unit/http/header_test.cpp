#include "http/header.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace runnel::http {
namespace {

/// Returns the header, or `!` and the error message.
std::string parsed(std::string_view text) {
    const Result<std::string> header = parse_header(text);
    return header ? *header : "!" + header.error().message();
}

TEST(IsToken, IsTrueForMethodsAndHeaderNames) {
    for (const char* text : {"GET", "x", "M-SEARCH", "!#$%&'*+-.^_`|~09azAZ"}) {
        EXPECT_TRUE(is_token(text)) << text;
    }
    for (const char* text : {"", " ", "A B", "A:", "A/B", "(A)", "\"A\"", "A\r\n", "\xc3\xa9", "@",
                             "[", "\\", "{", "\x7f", ";", ","}) {
        EXPECT_FALSE(is_token(text)) << text;
    }
    EXPECT_FALSE(is_token(std::string_view("A\0B", 3)));
}

TEST(ParseHeaderName, AcceptsTokensOnly) {
    const Result<std::string> name = parse_header_name("Content-Type");
    ASSERT_TRUE(name);
    EXPECT_EQ(*name, "Content-Type");
    for (const char* text : {"", "a b", "a:", "a: b", "\"a\"", "a\n", "\xc3\xbc"}) {
        const Result<std::string> none = parse_header_name(text);
        ASSERT_FALSE(none) << text;
        EXPECT_EQ(none.error().error_class(), ErrorClass::BadInput);
    }
}

TEST(ParseHeader, TakesANameAndAValue) {
    EXPECT_EQ(parsed("Name: value"), "Name: value");
    EXPECT_EQ(parsed("Name:value"), "Name: value");
    EXPECT_EQ(parsed(" Name: \t two words \t"), "Name: two words");
    EXPECT_EQ(parsed("X: a:b;c"), "X: a:b;c");
    EXPECT_EQ(parsed("X: a;"), "X: a;");
    EXPECT_EQ(parsed("X: caf\xc3\xa9\t\x01"), "X: caf\xc3\xa9\t\x01");
}

TEST(ParseHeader, TakesTheTwoFormsWithoutAValue) {
    EXPECT_EQ(parsed("Name:"), "Name:");
    EXPECT_EQ(parsed("Name:  \t"), "Name:");
    EXPECT_EQ(parsed("Name;"), "Name;");
    EXPECT_EQ(parsed("Name; "), "Name;");
}

TEST(ParseHeader, RefusesInvalidHeaders) {
    for (const char* text : {"", " ", "word", "two words", ": value", ":", ";", "A B: c", "A;b",
                             "A;: b", "A\nB: c", "(A): b"}) {
        const Result<std::string> header = parse_header(text);
        ASSERT_FALSE(header.ok()) << text;
        EXPECT_EQ(header.error().error_class(), ErrorClass::BadInput) << text;
    }
}

TEST(ParseHeader, RefusesValuesThatEndTheirLine) {
    for (const std::string_view value :
         {std::string_view("a\rb"), std::string_view("a\nB: c"), std::string_view("a\0b", 3)}) {
        const std::string why = parsed("X-Name: " + std::string(value));
        EXPECT_EQ(why, "!the value of header X-Name contains a line end or a NUL byte");
    }
}

TEST(ParseHeader, HidesSecretsInItsMessages) {
    for (const char* text :
         {"Authorization Bearer secret", "secret", "Authorization Bearer: secret",
          "Authorization: a\r\nsecret", "Authorization\tsecret: x"}) {
        const std::string why = parsed(text);
        EXPECT_EQ(why.find("secret"), std::string::npos) << why;
    }
    EXPECT_NE(parsed("Authorization Bearer: x").find("\"Authorization...\""), std::string::npos);
}

TEST(MakeHeader, JoinsNameAndValue) {
    EXPECT_EQ(*make_header("Name", "value"), "Name: value");
    EXPECT_EQ(*make_header("Name", " value "), "Name: value");
    EXPECT_EQ(*make_header("Name", ""), "Name;");
    EXPECT_EQ(*make_header("Name", "  "), "Name;");
}

TEST(MakeHeader, RefusesBadNamesAndValues) {
    EXPECT_FALSE(make_header("", "x").ok());
    EXPECT_FALSE(make_header("A B", "x").ok());
    EXPECT_FALSE(make_header("A:", "x").ok());
    EXPECT_FALSE(make_header("A", "x\r\nB: y").ok());
    EXPECT_FALSE(make_header("A", "\n").ok());
}

TEST(Header, IsSplitInItsThreeForms) {
    for (const char* header : {"Name: the: value;", "Name;", "Name:"}) {
        EXPECT_EQ(header_name(header), "Name");
    }
    EXPECT_EQ(header_value("Name: the: value;"), "the: value;");
    EXPECT_EQ(header_value("Name;"), "");
    EXPECT_EQ(header_value("Name:"), "");
    EXPECT_TRUE(is_left_out("Name:"));
    EXPECT_FALSE(is_left_out("Name;"));
    EXPECT_FALSE(is_left_out("Name: a:"));
}

TEST(Header, IsFoundByItsNameInAnyCase) {
    const Headers headers = {"Accept: x", "HOST;", "User-Agent:"};
    for (const char* name : {"accept", "Host", "user-agent"}) {
        EXPECT_TRUE(has_header(headers, name)) << name;
    }
    EXPECT_FALSE(has_header(headers, "x"));
    EXPECT_FALSE(has_header({}, "Accept"));
}

TEST(IsCredential, IsTrueForHeadersWithSecrets) {
    for (const char* name : {"Authorization", "COOKIE", "proxy-authorization"}) {
        EXPECT_TRUE(is_credential(name)) << name;
    }
    for (const char* name : {"Cookies", "Set-Cookie", "Host", "", "Authorization;"}) {
        EXPECT_FALSE(is_credential(name)) << name;
    }
}

}  // namespace
}  // namespace runnel::http
