#include "json/escape.hpp"

#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <simdjson.h>

namespace runnel {
namespace {

using namespace std::string_literals;

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

std::string escaped(std::string_view text) {
    std::string out;
    append_json_string(out, text);
    return out;
}

/// Parses JSON with another parser.
std::string unescaped(const std::string& json) {
    simdjson::dom::parser parser;
    std::string_view text;
    EXPECT_EQ(parser.parse(json).get(text), simdjson::SUCCESS) << json;
    return std::string(text);
}

TEST(AppendJsonString, QuotesPlainTextAndAppends) {
    std::string out = "{\"a\":";
    append_json_string(out, "b c~/");
    EXPECT_EQ(out, "{\"a\":\"b c~/\"");
    EXPECT_EQ(escaped(""), "\"\"");
}

TEST(AppendJsonString, EscapesQuoteBackslashAndControlCharacters) {
    EXPECT_EQ(escaped("a\"b\\c"), R"("a\"b\\c")");
    EXPECT_EQ(escaped("\b\f\n\r\t"), R"("\b\f\n\r\t")");
    EXPECT_EQ(escaped("\0\x01\x1b\x1f"s), R"("\u0000\u0001\u001b\u001f")");
}

TEST(AppendJsonString, KeepsDelAndValidUtf8) {
    for (const char* text :
         {"\x7f", "gr\xC3\xBC\xC3\x9F", "\xE6\x9D\xB1\xE4\xBA\xAC", "\xF0\x9F\x98\x80",
          "\xE2\x80\xA8", "\xED\x9F\xBF\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_EQ(escaped(text), '"' + std::string(text) + '"');
    }
}

TEST(AppendJsonString, ReplacesEachIllFormedSequenceOnce) {
    const auto expect_replaced = [](std::string_view text, std::size_t times,
                                    std::string_view rest) {
        std::string wanted = "\"";
        for (std::size_t i = 0; i < times; ++i) {
            wanted += kReplacement;
        }
        EXPECT_EQ(escaped(text), wanted.append(rest) + '"');
    };
    expect_replaced("\xFF", 1, "");
    expect_replaced("\x80\xBF", 2, "");
    expect_replaced("\xC0\x80", 2, "");
    expect_replaced("\xC3", 1, "");
    expect_replaced("\xC3(", 1, "(");
    expect_replaced("\xE6\x9D", 1, "");
    expect_replaced("\xE6\x9Dx", 1, "x");
    expect_replaced("\xE6\x9D\"", 1, "\\\"");
    expect_replaced("\xED\xA0\x80", 3, "");
    expect_replaced("\xF0\x9F\x98", 1, "");
    expect_replaced("\xF0\x8F\xBF\xBF", 4, "");
    expect_replaced("\xF4\x90\x80\x80", 4, "");
    expect_replaced("\xF5\x80", 2, "");
}

TEST(PlainPrefix, StopsAtTheFirstSpecialByteWhereverItIs) {
    for (unsigned special = 0; special < 256; ++special) {
        const bool plain = special >= 0x20 && special < 0x80 && special != '"' && special != '\\';
        for (std::size_t at = 0; at < 20; ++at) {
            std::string text = std::string(at, 'a') + static_cast<char>(special) + "bcdefghijkl";
            EXPECT_EQ(plain_prefix(text), plain ? text.size() : at) << special << " at " << at;
        }
    }
}

TEST(AppendJsonString, EscapesRandomBytes) {
    std::mt19937 random(5);
    for (int round = 0; round < 20000; ++round) {
        // Bytes above a random minimum: from all bytes to mostly UTF-8 lead bytes.
        const unsigned floor = static_cast<unsigned>(random() % 230);
        std::string text;
        for (std::size_t size = random() % 40; text.size() < size;) {
            text += static_cast<char>(floor + random() % (256 - floor));
        }
        const std::string json = escaped(text);
        const std::string back = unescaped(json);
        const bool valid = simdjson::validate_utf8(text);
        EXPECT_EQ(is_valid_utf8(text), valid);
        EXPECT_TRUE(simdjson::validate_utf8(back));
        EXPECT_EQ(back == text, valid);
    }
}

TEST(AppendJsonString, KeepsRandomValidText) {
    std::mt19937 random(6);
    const std::string_view pieces[] = {"a",          "\"",       "\\",           "\n",
                                       "\x01",       "\xC3\xBC", "\xE6\x9D\xB1", "\xF0\x9F\x98\x80",
                                       "plain text", "\x7f"};
    for (int round = 0; round < 5000; ++round) {
        std::string text;
        for (std::size_t count = random() % 30; count > 0; --count) {
            text += pieces[random() % std::size(pieces)];
        }
        EXPECT_TRUE(is_valid_utf8(text));
        EXPECT_EQ(unescaped(escaped(text)), text);
    }
}

TEST(ValidUtf8Prefix, EndsBeforeTheFirstIllFormedSequence) {
    EXPECT_EQ(valid_utf8_prefix(""), 0U);
    EXPECT_EQ(valid_utf8_prefix("plain \"text\"\n"), 13U);
    EXPECT_EQ(valid_utf8_prefix("gr\xC3\xBC\xC3\x9F"), 6U);
    EXPECT_EQ(valid_utf8_prefix("gr\xC3\xBC\xC3"), 4U);
    EXPECT_EQ(valid_utf8_prefix("0123456789\xFF?"), 10U);
    EXPECT_EQ(valid_utf8_prefix("\xED\xA0\x80"), 0U);
}

std::optional<std::string> meaning(std::string_view content) {
    std::string out = "before ";
    if (!append_unescaped(out, content)) {
        EXPECT_EQ(out, "before ") << content;
        return std::nullopt;
    }
    return out.substr(7);
}

TEST(AppendUnescaped, ReplacesEveryEscape) {
    EXPECT_EQ(meaning(""), "");
    EXPECT_EQ(meaning("plain"), "plain");
    EXPECT_EQ(meaning(R"(\"\\\/\b\f\n\r\t)"), "\"\\/\b\f\n\r\t");
    EXPECT_EQ(meaning(R"(a\u0000b\u001f)"), "a\0b\x1f"s);
    EXPECT_EQ(meaning(R"(\u007f\u0080\u07FF\u0800\uffff)"),
              "\x7f\xC2\x80\xDF\xBF\xE0\xA0\x80\xEF\xBF\xBF");
    EXPECT_EQ(meaning(R"(\ud7ff\uE000)"), "\xED\x9F\xBF\xEE\x80\x80");
    EXPECT_EQ(meaning(R"(\ud83d\ude00, \uD800\uDC00 \udbff\udfff)"),
              "\xF0\x9F\x98\x80, \xF0\x90\x80\x80 \xF4\x8F\xBF\xBF");
    EXPECT_EQ(meaning(R"(\\u0041\u0041)"), "\\u0041A");
}

TEST(AppendUnescaped, RefusesUnpairedSurrogates) {
    for (const char* content :
         {R"(\ud800)", R"(\udbff)", R"(\udc00)", R"(\udfff)", R"(a\ud800b)", R"(\ud800\n)",
          R"(\ud800\u0041)", R"(\ud800\ud800\udc00)", R"(\udc00\ud800)", R"(\ud800\udc0)"}) {
        EXPECT_EQ(meaning(content), std::nullopt) << content;
    }
}

TEST(AppendUnescaped, RefusesInvalidEscapes) {
    for (const char* content : {"\\", "a\\", R"(\x41)", R"(\a)", R"(\')", R"(\u)", R"(\u004)",
                                R"(\u004g)", R"(\u+041)", R"(\u-041)", R"(\u 041)", R"(\U0041)"}) {
        EXPECT_EQ(meaning(content), std::nullopt) << content;
    }
}

TEST(AppendUnescaped, ReadsBackWhatWasEscaped) {
    std::mt19937 random(7);
    for (int round = 0; round < 5000; ++round) {
        std::string text;
        for (std::size_t size = random() % 30; size > 0; --size) {
            text += static_cast<char>(random() % 128);
        }
        const std::string json = escaped(text);
        EXPECT_EQ(meaning(std::string_view(json).substr(1, json.size() - 2)), text);
    }
}

}  // namespace
}  // namespace runnel
