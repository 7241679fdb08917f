#include "io/line_cutter.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::string_literals;

std::vector<Line> cut(std::string_view input, std::size_t block, std::uint64_t max_line,
                      char delimiter = '\n') {
    LineCutter cutter(max_line, delimiter);
    std::vector<Line> lines;
    for (std::size_t at = 0; at < input.size(); at += block) {
        cutter.feed(input.substr(at, block));
        while (std::optional<Line> line = cutter.next()) {
            lines.push_back(*std::move(line));
        }
    }
    while (std::optional<Line> line = cutter.finish()) {
        lines.push_back(*std::move(line));
    }
    return lines;
}

std::vector<std::string> texts(const std::vector<Line>& lines) {
    std::vector<std::string> all;
    all.reserve(lines.size());
    for (const Line& line : lines) {
        all.push_back(line.text);
    }
    return all;
}

TEST(LineCutter, ReturnsTheSameLinesForAnyBlockSize) {
    const std::string input = "one\n\ntwo\r\n\xff\0three\nlast"s;
    const std::vector<std::string> expected = {"one", "", "two\r", "\xff\0three"s, "last"};
    for (std::size_t block = 1; block <= input.size(); ++block) {
        EXPECT_EQ(texts(cut(input, block, 0)), expected) << "blocks of " << block;
    }
}

TEST(LineCutter, NumbersEveryLine) {
    const std::vector<Line> lines = cut("a\n\nb", 2, 0);
    ASSERT_EQ(lines.size(), 3U);
    EXPECT_EQ(lines[0].number, 1U);
    EXPECT_EQ(lines[1].number, 2U);
    EXPECT_EQ(lines[2].number, 3U);
}

TEST(LineCutter, CutsAtAnotherDelimiter) {
    const std::vector<std::string> expected = {"a\nb", "c"};
    EXPECT_EQ(texts(cut("a\nb\0c\0"s, 3, 0, '\0')), expected);
}

TEST(LineCutter, ReturnsNoLinesForAnEmptyInput) {
    EXPECT_TRUE(cut("", 1, 0).empty());
    EXPECT_EQ(cut("\n", 1, 0).size(), 1U);
}

TEST(LineCutter, ReturnsALineOfTheMaximumLength) {
    for (std::size_t block = 1; block <= 12; ++block) {
        const std::vector<Line> lines = cut("12345\n123456\n12345", block, 5);
        ASSERT_EQ(lines.size(), 3U);
        EXPECT_FALSE(lines[0].too_long);
        EXPECT_TRUE(lines[1].too_long);
        EXPECT_FALSE(lines[2].too_long);
        EXPECT_EQ(lines[2].text, "12345");
    }
}

TEST(LineCutter, KeepsTheBeginningOfALineThatIsTooLong) {
    const std::string beginning(256, 'x');
    const std::string input = beginning + std::string(1000, 'y') + "\nnext\n";
    for (const std::uint64_t max_line : {10U, 255U, 256U, 257U, 700U}) {
        for (const std::size_t block : {1U, 7U, 256U, 300U, 5000U}) {
            const std::vector<Line> lines = cut(input, block, max_line);
            ASSERT_EQ(lines.size(), 2U);
            EXPECT_TRUE(lines[0].too_long);
            EXPECT_EQ(lines[0].text, beginning);
            EXPECT_EQ(lines[1].text, "next");
            EXPECT_EQ(lines[1].number, 2U);
            EXPECT_FALSE(lines[1].too_long);
        }
    }
}

TEST(LineCutter, MarksATooLongLastLineWithoutDelimiter) {
    const std::vector<Line> lines = cut("123456", 2, 5);
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_TRUE(lines[0].too_long);
    EXPECT_EQ(lines[0].text, "123456");
}

TEST(LineCutter, KnowsWhetherItHoldsBytes) {
    LineCutter cutter(0, '\n');
    EXPECT_FALSE(cutter.holds_bytes());
    cutter.feed("one\nt");
    EXPECT_TRUE(cutter.holds_bytes());
    EXPECT_EQ(cutter.next()->text, "one");
    EXPECT_FALSE(cutter.next());
    EXPECT_TRUE(cutter.holds_bytes());
    EXPECT_EQ(cutter.finish()->text, "t");
    EXPECT_FALSE(cutter.holds_bytes());
}

}  // namespace
}  // namespace runnel
