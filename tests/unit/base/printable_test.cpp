#include "base/printable.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using Form = TerminalFilter::Form;

std::string text(std::string_view from) { return shown_on_terminal(from, Form::Text); }
std::string json(std::string_view from) { return shown_on_terminal(from, Form::Json); }

/// Returns what the filter makes of \a from, given in two pieces.
std::string in_two(std::string_view from, std::size_t cut, Form form) {
    TerminalFilter filter(form);
    std::string shown;
    filter.feed(from.substr(0, cut), shown);
    filter.feed(from.substr(cut), shown);
    filter.finish(shown);
    return shown;
}

TEST(Printable, EscapesControlBytesAndNothingElse) {
    EXPECT_EQ(printable("plain \xc3\xa9 \xf0\x9f\x99\x82"), "plain \xc3\xa9 \xf0\x9f\x99\x82");
    EXPECT_EQ(printable("\x1b[31mred\x07\n\r\t"), "\\x1b[31mred\\x07\\x0a\\x0d\\x09");
    EXPECT_EQ(printable(std::string_view("\0\x7f", 2)), "\\x00\\x7f");
    EXPECT_EQ(printable(""), "");
}

TEST(Printable, EscapesTheControlsBeyondAscii) {
    // CSI as one character, and as one byte, which is not UTF-8.
    EXPECT_EQ(printable("\xc2\x9b"
                        "31m"),
              "\\xc2\\x9b31m");
    EXPECT_EQ(printable("\x9b"
                        "31m"),
              "\\x9b31m");
    // Right to left from here on.
    EXPECT_EQ(printable("a\xe2\x80\xae"
                        "b\xe2\x81\xa7"),
              "a\\xe2\\x80\\xaeb\\xe2\\x81\\xa7");
    // Their neighbours are harmless.
    EXPECT_EQ(printable("\xc2\xa0\xe2\x80\xaf"), "\xc2\xa0\xe2\x80\xaf");
}

TEST(Printable, EscapesWhatIsNotUtf8) {
    EXPECT_EQ(printable("a\xff\xfe"
                        "b\xc3"),
              "a\\xff\\xfeb\\xc3");
    EXPECT_EQ(printable("\xe2\x82x"), "\\xe2\\x82x");
    EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

TEST(TerminalFilter, KeepsTextNewlinesTabsAndACarriageReturnBeforeANewline) {
    constexpr std::string_view kPlain = "a\tb\r\nc \xc3\xa9 \xe2\x82\xac \xf0\x9f\x99\x82\n";
    EXPECT_EQ(text(kPlain), kPlain);
    EXPECT_EQ(json(kPlain), kPlain);
    EXPECT_EQ(text(""), "");
}

TEST(TerminalFilter, EscapesEveryControlCharacterInText) {
    EXPECT_EQ(text("\x1b[31mred\a\b\x7f"), "\\x1b[31mred\\x07\\x08\\x7f");
    EXPECT_EQ(text(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(text("over\rwritten\r\r\n"), "over\\x0dwritten\\x0d\r\n");
    EXPECT_EQ(text("\xc2\x9b\xe2\x80\xae\xd8\x9c"), "\\xc2\\x9b\\xe2\\x80\\xae\\xd8\\x9c");
    EXPECT_EQ(text("\x9b\xff"), "\\x9b\\xff");
}

TEST(TerminalFilter, EscapesThemInJsonSoThatItStaysValid) {
    EXPECT_EQ(json("{\"a\":\"\x7f\xc2\x9b\xe2\x80\xae\xd8\x9c\x1b\"}\n"),
              "{\"a\":\"\\u007f\\u009b\\u202e\\u061c\\u001b\"}\n");
    EXPECT_EQ(json("\"\xff\""), "\"\\ufffd\"");
}

TEST(TerminalFilter, TakesPiecesThatAreCutAnywhere) {
    constexpr std::string_view kStream =
        "\xc3\xa9\r\n\xe2\x82\xac\xe2\x80\xae\xf0\x9f\x99\x82\rx\x1b\xc2\x9b\xf0\x9f\x99z\n";
    for (std::size_t cut = 0; cut <= kStream.size(); ++cut) {
        EXPECT_EQ(in_two(kStream, cut, Form::Text), text(kStream)) << cut;
        EXPECT_EQ(in_two(kStream, cut, Form::Json), json(kStream)) << cut;
    }
}

TEST(TerminalFilter, EndsWithWhatItHeldBack) {
    TerminalFilter filter(Form::Text);
    std::string shown;
    filter.feed("a\xe2\x82", shown);
    EXPECT_EQ(shown, "a");
    filter.finish(shown);
    EXPECT_EQ(shown, "a\\xe2\\x82");
    filter.finish(shown);
    filter.feed("\r", shown);
    filter.feed("\n", shown);
    EXPECT_EQ(shown, "a\\xe2\\x82\r\n");
}

}  // namespace
}  // namespace runnel
