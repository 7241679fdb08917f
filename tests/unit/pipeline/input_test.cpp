#include "pipeline/input.hpp"

#include <gtest/gtest.h>

namespace runnel {
namespace {

std::string_view line(std::string_view text) { return significant(text, Separator::Newline); }

std::string_view item(std::string_view text) { return significant(text, Separator::Nul); }

TEST(Significant, IsTheLineWithoutWhiteSpace) {
    EXPECT_EQ(line("http://a/"), "http://a/");
    EXPECT_EQ(line("http://a/\r"), "http://a/");
    EXPECT_EQ(line(" \t http://a/ \t \r"), "http://a/");
    EXPECT_EQ(line("two words"), "two words");
}

TEST(Significant, IsEmptyForBlankLinesAndComments) {
    for (const char* text : {"", "\r", " ", "\t \r", "#", "# http://a/", "  #x", "#\r"}) {
        EXPECT_EQ(line(text), "") << text;
    }
}

TEST(Significant, KeepsANumberSignWithinTheLine) {
    EXPECT_EQ(line("http://a/#fragment"), "http://a/#fragment");
}

TEST(Significant, DropsAByteOrderMarkAtTheStartOfALine) {
    EXPECT_EQ(line("\xef\xbb\xbfhttp://a/\r"), "http://a/");
    EXPECT_EQ(line("\xef\xbb\xbf# comment"), "");
    EXPECT_EQ(line("\xef\xbb\xbf"), "");
    EXPECT_EQ(line("\xef\xbbhttp://a/"), "\xef\xbbhttp://a/");
    EXPECT_EQ(line("\xef\xbb\xbf \xef\xbb\xbfx"), "x") << "as when it is read again";
    EXPECT_EQ(line(" \xef\xbb\xbf\t\xef\xbb\xbf#"), "");
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
        EXPECT_EQ(item(text), text);
    }
}

TEST(Significant, IsEmptyForABlankItemBetweenNuls) {
    for (const char* text : {"", " ", "\n", " \t\r\n"}) {
        EXPECT_EQ(item(text), "") << text;
    }
}

}  // namespace
}  // namespace runnel
