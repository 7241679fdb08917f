#include "io/answer_cutter.hpp"

#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(AnswerCutter, ReturnsTheSameAnswersHoweverTheOutputIsCut) {
    const std::string output = "one\n\nthree\n";
    for (std::size_t first = 0; first <= output.size(); ++first) {
        for (std::size_t second = first; second <= output.size(); ++second) {
            AnswerCutter cutter(3, 0);
            std::string text;
            std::size_t count = 0;
            for (const std::string& piece :
                 {output.substr(0, first), output.substr(first, second - first),
                  output.substr(second)}) {
                const AnswerCutter::Answers answers = cutter.feed(piece);
                EXPECT_TRUE(answers.text.empty() || answers.text.back() == '\n');
                text += answers.text;
                count += answers.count;
                EXPECT_EQ(cutter.complete(), count == 3);
            }
            EXPECT_EQ(text, output);
            EXPECT_EQ(count, 3U);
            EXPECT_FALSE(cutter.has_surplus());
        }
    }
}

TEST(AnswerCutter, FindsBytesAfterTheLastAnswer) {
    for (const char* output : {"a\nb\n", "a\nb", "a\n\n"}) {
        AnswerCutter cutter(1, 0);
        EXPECT_EQ(cutter.feed(output).text, "a\n");
        EXPECT_TRUE(cutter.has_surplus()) << output;
    }
    AnswerCutter missing(2, 0);
    EXPECT_EQ(missing.feed("a\nb").count, 1U);
    EXPECT_FALSE(missing.has_surplus());
    EXPECT_FALSE(missing.complete());
}

TEST(AnswerCutter, LimitsEachAnswer) {
    AnswerCutter cutter(4, 3);
    EXPECT_EQ(cutter.feed("123\n12").text, "123\n");
    EXPECT_EQ(cutter.feed("3\n\n").text, "123\n\n");
    EXPECT_FALSE(cutter.too_long());
    EXPECT_EQ(cutter.feed("1234").count, 0U);
    EXPECT_TRUE(cutter.too_long());

    AnswerCutter whole(2, 3);
    EXPECT_EQ(whole.feed("1\n1234\n").text, "1\n");
    EXPECT_TRUE(whole.too_long());

    AnswerCutter pieces(1, 3);
    EXPECT_EQ(pieces.feed("12").count, 0U);
    EXPECT_EQ(pieces.feed("34\n").count, 0U);
    EXPECT_TRUE(pieces.too_long());
}

}  // namespace
}  // namespace runnel
