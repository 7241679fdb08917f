#include "base/text.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace runnel {
namespace {

using namespace std::chrono_literals;

TEST(Text, ClassifiesEveryByte) {
    for (int value = 0; value < 256; ++value) {
        const char c = static_cast<char>(value);
        const bool upper = value >= 'A' && value <= 'Z';
        const bool lower = value >= 'a' && value <= 'z';
        const bool digit = value >= '0' && value <= '9';
        EXPECT_EQ(is_digit(c), digit) << value;
        EXPECT_EQ(is_letter(c), upper || lower) << value;
        EXPECT_EQ(is_hex_digit(c), digit || (upper && value <= 'F') || (lower && value <= 'f'))
            << value;
        EXPECT_EQ(is_ascii_control(c), value < 0x20 || value == 0x7f) << value;
        EXPECT_EQ(to_lower(c), upper ? static_cast<char>(value + 32) : c) << value;
    }
}

TEST(Text, LowersAsciiOnly) {
    EXPECT_EQ(lower_case("Content-TYPE"), "content-type");
    EXPECT_EQ(lower_case("\xc3\x84Z"), "\xc3\x84z");
    EXPECT_EQ(lower_case(""), "");
}

TEST(Text, ComparesIgnoringCase) {
    EXPECT_TRUE(equal_ignoring_case("", ""));
    EXPECT_TRUE(equal_ignoring_case("ETag", "etag"));
    EXPECT_FALSE(equal_ignoring_case("ETag", "etags"));
    EXPECT_FALSE(equal_ignoring_case("etags", "ETag"));
    EXPECT_FALSE(equal_ignoring_case("@", "`")) << "they differ by the bit that letters do";
}

TEST(Text, Trims) {
    struct Case {
        std::string_view text, blanks, expected;
    };
    for (const Case& one : {
             Case{"", " \t", ""},
             Case{" \t ", " \t", ""},
             Case{"a", " \t", "a"},
             Case{" a b\t", " \t", "a b"},
             Case{"a\n", " \t", "a\n"},
             Case{"a\r\n", "\r\n", "a"},
         }) {
        EXPECT_EQ(trimmed(one.text, one.blanks), one.expected) << one.text;
    }
    EXPECT_EQ(trimmed("\t x "), "x");
}

TEST(Text, KnowsTokens) {
    for (const std::string_view token : {"GET", "X-Header", "!#$%&'*+-.^_`|~09"}) {
        EXPECT_TRUE(is_token(token)) << token;
    }
    for (const std::string_view other : {"", "a b", "a:", "\"a\"", "a\n", "\xc3\xa4", "(a)"}) {
        EXPECT_FALSE(is_token(other)) << other;
    }
    EXPECT_FALSE(is_token(std::string_view("a\0", 2)));
}

TEST(Text, RemovesBrackets) {
    EXPECT_EQ(without_brackets("[::1]"), "::1");
    EXPECT_EQ(without_brackets("[]"), "");
    for (const std::string_view text : {"", "[", "]", "host", "[::1", "::1]"}) {
        EXPECT_EQ(without_brackets(text), text);
    }
}

TEST(Text, RemovesOneByteOrderMark) {
    EXPECT_EQ(without_byte_order_mark("\xef\xbb\xbf{}"), "{}");
    EXPECT_EQ(without_byte_order_mark("\xef\xbb\xbf\xef\xbb\xbf"), "\xef\xbb\xbf");
    for (const std::string_view text : {"", "{}", "\xef\xbb", "x\xef\xbb\xbf"}) {
        EXPECT_EQ(without_byte_order_mark(text), text);
    }
}

TEST(Text, Abbreviates) {
    EXPECT_EQ(abbreviated("abc", 3), "abc");
    EXPECT_EQ(abbreviated("abcd", 3), "abc...");
    EXPECT_EQ(abbreviated("", 0), "");
    EXPECT_EQ(abbreviated(std::string(61, 'x')), std::string(60, 'x') + "...");
}

TEST(Text, ConvertsToSeconds) {
    EXPECT_EQ(to_seconds(1500ms), 1.5);
    EXPECT_EQ(to_seconds(-1s), -1.0);
}

}  // namespace
}  // namespace runnel
