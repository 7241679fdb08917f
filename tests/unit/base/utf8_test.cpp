#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runnel {
namespace {

TEST(Utf8, MeasuresTheValidPrefix) {
    struct Case {
        std::string_view text;
        std::size_t valid;
    };
    for (const Case& one : {
             Case{"", 0},
             Case{"abc", 3},
             Case{"a\x01\x7f\"\\", 5},
             Case{"0123456789abcdef\xc3\xa4", 18},
             Case{"\xe2\x82\xac\xf0\x9f\x98\x80z", 8},
             Case{"a\x80", 1},
             Case{"ab\xc3", 2},
             Case{"\xc0\xaf", 0},
             Case{"\xed\xa0\x80", 0},
             Case{"\xe2\x82\xac\xf4\x90\x80\x80", 3},
         }) {
        EXPECT_EQ(valid_utf8_prefix(one.text), one.valid) << one.text;
        EXPECT_EQ(is_valid_utf8(one.text), one.valid == one.text.size()) << one.text;
    }
}

TEST(Utf8, FindsABadByteAtEveryOffset) {
    for (std::size_t at = 0; at < 24; ++at) {
        std::string text(24, 'x');
        text[at] = '\xff';
        EXPECT_EQ(valid_utf8_prefix(text), at);
    }
}

TEST(Utf8, MeasuresASequence) {
    EXPECT_TRUE(leading_utf8_sequence("\xc3\xa4z").valid);
    EXPECT_EQ(leading_utf8_sequence("\xc3\xa4z").length, 2U);
    EXPECT_FALSE(leading_utf8_sequence("\xe2\x82z").valid);
    EXPECT_EQ(leading_utf8_sequence("\xe2\x82z").length, 2U) << "what could have begun one";
    EXPECT_EQ(leading_utf8_sequence("\xff").length, 1U);
}

}  // namespace
}  // namespace runnel
