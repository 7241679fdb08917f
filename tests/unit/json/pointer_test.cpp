#include "json/pointer.hpp"

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using Tokens = std::vector<std::string>;

Tokens tokens_of(std::string_view text) {
    const Result<JsonPointer> pointer = JsonPointer::parse(text);
    EXPECT_TRUE(pointer) << text;
    EXPECT_EQ(pointer->text(), text);
    return pointer->tokens();
}

std::string refusal_of(std::string_view text) {
    const Result<JsonPointer> pointer = JsonPointer::parse(text);
    EXPECT_FALSE(pointer) << text;
    EXPECT_EQ(pointer.error().error_class(), ErrorClass::BadInput);
    return pointer.error().message();
}

TEST(JsonPointer, ReadsTheExamplesOfTheRfc) {
    EXPECT_EQ(tokens_of(""), Tokens());
    EXPECT_EQ(tokens_of("/foo"), Tokens({"foo"}));
    EXPECT_EQ(tokens_of("/foo/0"), Tokens({"foo", "0"}));
    EXPECT_EQ(tokens_of("/"), Tokens({""}));
    EXPECT_EQ(tokens_of("/a~1b"), Tokens({"a/b"}));
    EXPECT_EQ(tokens_of("/c%d"), Tokens({"c%d"}));
    EXPECT_EQ(tokens_of("/e^f"), Tokens({"e^f"}));
    EXPECT_EQ(tokens_of("/k\"l"), Tokens({"k\"l"}));
    EXPECT_EQ(tokens_of("/i\\j"), Tokens({"i\\j"}));
    EXPECT_EQ(tokens_of("/ "), Tokens({" "}));
    EXPECT_EQ(tokens_of("/m~0n"), Tokens({"m~n"}));
}

TEST(JsonPointer, KeepsEmptyTokens) {
    EXPECT_EQ(tokens_of("//"), Tokens({"", ""}));
    EXPECT_EQ(tokens_of("/a//b/"), Tokens({"a", "", "b", ""}));
}

TEST(JsonPointer, ReplacesEachEscapeOnce) {
    EXPECT_EQ(tokens_of("/~01"), Tokens({"~1"}));
    EXPECT_EQ(tokens_of("/~00"), Tokens({"~0"}));
    EXPECT_EQ(tokens_of("/~10~1~0"), Tokens({"/0/~"}));
}

TEST(JsonPointer, ExplainsHowToStart) {
    EXPECT_EQ(refusal_of("user"), "\"user\" is not a JSON Pointer: start it with /");
    EXPECT_EQ(refusal_of("#/user"), "\"#/user\" is not a JSON Pointer: start it with /");
    EXPECT_NE(refusal_of(" /user").find("start it with /"), std::string::npos);
    EXPECT_NE(refusal_of("~1").find("start it with /"), std::string::npos);
}

TEST(JsonPointer, RefusesOtherEscapes) {
    for (const char* text : {"/~", "/a~", "/~2", "/~a/b", "/~~0", "/~/", "/a/~01~"}) {
        EXPECT_NE(refusal_of(text).find("write ~ as ~0 and / as ~1"), std::string::npos);
    }
}

TEST(JsonPointer, RefusesWhatIsNotUtf8) {
    EXPECT_NE(refusal_of("/\xff").find("UTF-8"), std::string::npos);
    EXPECT_EQ(tokens_of("/\xC3\xBC"), Tokens({"\xC3\xBC"}));
}

TEST(JsonPointer, ReadsBackRandomTokens) {
    std::mt19937 random(1);
    constexpr std::string_view kBytes = "ab/~01-\"\\";
    for (int round = 0; round < 5000; ++round) {
        Tokens tokens;
        std::string text;
        for (std::size_t count = random() % 5; count > 0; --count) {
            std::string& token = tokens.emplace_back();
            text += '/';
            for (std::size_t size = random() % 6; size > 0; --size) {
                const char byte = kBytes[random() % kBytes.size()];
                token += byte;
                text += byte == '~'   ? std::string("~0")
                        : byte == '/' ? std::string("~1")
                                      : std::string(1, byte);
            }
        }
        EXPECT_EQ(tokens_of(text), tokens);
    }
}

TEST(ArrayIndex, IsAPlainDecimalNumber) {
    EXPECT_EQ(array_index("0"), 0U);
    EXPECT_EQ(array_index("7"), 7U);
    EXPECT_EQ(array_index("10"), 10U);
    EXPECT_EQ(array_index("18446744073709551615"), 18446744073709551615U);
}

TEST(ArrayIndex, RefusesOtherTokens) {
    for (const char* token : {"", "-", "-1", "+1", "00", "01", "1 ", " 1", "1a", "0x1", "1.0",
                              "1e1", "18446744073709551616"}) {
        EXPECT_EQ(array_index(token), std::nullopt) << token;
    }
}

}  // namespace
}  // namespace runnel
