#include "pipeline/input.hpp"

#include <gtest/gtest.h>

namespace runnel {
namespace {

std::string_view line(std::string_view text, bool first_of_file = false) {
    return significant(text, first_of_file, Separator::Newline);
}

std::string_view item(std::string_view text, bool first_of_file = false) {
    return significant(text, first_of_file, Separator::Nul);
}

TEST(Significant, IsTheLineWithoutWhiteSpace) {
    EXPECT_EQ(line("http://a/"), "http://a/");
    EXPECT_EQ(line("http://a/\r"), "http://a/");
    EXPECT_EQ(line(" \t http://a/ \t \r"), "http://a/");
    EXPECT_EQ(line("two words"), "two words");
}

TEST(Significant, IsEmptyForBlankLinesAndComments) {
    for (const char* text : {"", "\r", " ", "\t \r", "#", "# http://a/", "  #x", "#\r"}) {
        EXPECT_EQ(line(text, false), "") << text;
        EXPECT_EQ(line(text, true), "") << text;
    }
}

TEST(Significant, KeepsANumberSignWithinTheLine) {
    EXPECT_EQ(line("http://a/#fragment"), "http://a/#fragment");
}

TEST(Significant, DropsTheByteOrderMarkAtTheStartOfTheFileOnly) {
    EXPECT_EQ(line("\xef\xbb\xbfhttp://a/\r", true), "http://a/");
    EXPECT_EQ(line("\xef\xbb\xbf# comment", true), "");
    EXPECT_EQ(line("\xef\xbb\xbf", true), "");
    EXPECT_EQ(line("\xef\xbb\xbfhttp://a/", false), "\xef\xbb\xbfhttp://a/");
    EXPECT_EQ(line("\xef\xbbhttp://a/", true), "\xef\xbbhttp://a/");
    EXPECT_EQ(line("\xef\xbb\xbf\xef\xbb\xbfx", true), "\xef\xbb\xbfx");
}

TEST(Significant, KeepsOtherControlBytes) {
    EXPECT_EQ(line(std::string_view("a\0b", 3)), std::string_view("a\0b", 3));
    EXPECT_EQ(line("\va\f"), "\va\f");
    EXPECT_EQ(line("a\rb"), "a\rb");
}

TEST(Significant, IsAllOfAnItemBetweenNuls) {
    for (const char* text : {"http://a/", " a\t", "# a", "a\r\nb\n",
                             "\xef\xbb\xbf"
                             "a",
                             "\v"}) {
        EXPECT_EQ(item(text, false), text);
        EXPECT_EQ(item(text, true), text);
    }
}

TEST(Significant, IsEmptyForABlankItemBetweenNuls) {
    for (const char* text : {"", " ", "\n", " \t\r\n"}) {
        EXPECT_EQ(item(text), "") << text;
    }
}

}  // namespace
}  // namespace runnel
