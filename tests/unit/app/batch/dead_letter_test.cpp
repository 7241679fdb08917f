#include "app/batch/dead_letter.hpp"

#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::string_view_literals;

std::string object_of(std::string_view line, bool cut = false) {
    std::string object;
    append_json(DeadLetter{line, "why", 2, cut}, object);
    EXPECT_EQ(object.back(), '\n');
    object.pop_back();
    return object;
}

TEST(DeadLetter, GivesTheLineBackByteForByte) {
    std::mt19937 random(7);
    for (int i = 0; i < 2000; ++i) {
        std::string line;
        for (std::size_t left = random() % 20; left > 0; --left) {
            const auto pieces = {"a"sv,    "\""sv,       "\\"sv,
                                 "\n"sv,   "\0"sv,       "\r"sv,
                                 "\xff"sv, "\xc3\xa9"sv, "\xf0\x9f\x98\x80"sv};
            line += i % 2 == 0 ? *(pieces.begin() + random() % pieces.size())
                               : std::string(1, static_cast<char>(random()));
        }
        const Result<std::string> again = line_of_dead_letter(object_of(line));
        ASSERT_TRUE(again.ok()) << object_of(line);
        EXPECT_EQ(*again, line);
    }
}

TEST(DeadLetter, IsRefusedIfOnlyTheBeginningWasKept) {
    EXPECT_EQ(object_of("abc", true), R"({"line":"abc","reason":"why","attempts":2,"cut":true})");
    const Result<std::string> line = line_of_dead_letter(object_of("abc", true));
    ASSERT_FALSE(line.ok());
    EXPECT_NE(line.error().message().find("\"cut\":true"), std::string::npos);
}

TEST(DeadLetter, EndsWithAWholeCharacterIfItIsCut) {
    EXPECT_EQ(object_of("ab\xf0\x9f\x98", true).substr(0, 13), R"({"line":"ab",)");
    EXPECT_EQ(object_of("ab\xf0\x9f\x98", false).substr(0, 11), R"({"line_b64")");
}

TEST(DeadLetter, SaysWhatIsWrongWithAnotherText) {
    for (const char* text :
         {"", "x", "[]", "{}", R"({"line":1})", R"({"line":"a","line_b64":"YQ=="})",
          R"({"line_b64":"?"})", R"({"line":"a"} x)", R"({"line":"a")"}) {
        const Result<std::string> line = line_of_dead_letter(text);
        ASSERT_FALSE(line.ok()) << text;
        EXPECT_EQ(line.error().message().substr(0, 19), "not a dead letter: ") << text;
    }
}

}  // namespace
}  // namespace runnel
