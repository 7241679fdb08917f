#include "async/stream_lines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "async/run.hpp"
#include "async/stream_map.hpp"
#include "support/fake_loop.hpp"
#include "support/streams.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::all_of;
using test::FakeLoop;

using Texts = std::vector<std::string>;

Texts lines_of(Texts chunks) {
    FakeLoop loop;
    return run(loop, all_of(split_lines(from_range(std::move(chunks)))));
}

TEST(StreamLines, AreWholeHoweverTheTextIsCut) {
    EXPECT_EQ(lines_of({"one\ntw", "o\nth", "", "ree", "\nfour\n"}),
              (Texts{"one", "two", "three", "four"}));
}

TEST(StreamLines, TheLastNeedsNoNewline) {
    EXPECT_EQ(lines_of({"one\nlast"}), (Texts{"one", "last"}));
    EXPECT_EQ(lines_of({"one\nla", "st"}), (Texts{"one", "last"}));
}

TEST(StreamLines, EmptyOnesCountAndAnEmptyTextHasNone) {
    EXPECT_EQ(lines_of({"\n\none\n", "\n"}), (Texts{"", "", "one", ""}));
    EXPECT_EQ(lines_of({}), Texts());
    EXPECT_EQ(lines_of({"", ""}), Texts());
}

TEST(StreamLines, KeepACarriageReturnAndNul) {
    const std::string nul("a\0b", 3);
    EXPECT_EQ(lines_of({"one\r\n" + nul + "\n"}), (Texts{"one\r", nul}));
}

/// Every way to split a text into two chunks yields the same lines.
TEST(StreamLines, AreTheSameForEveryCut) {
    const std::string text = "a\n\nbcd\r\n\ne";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        EXPECT_EQ(lines_of({text.substr(0, cut), text.substr(cut)}),
                  (Texts{"a", "", "bcd\r", "", "e"}))
            << cut;
    }
}

TEST(StreamLines, LoseNothingByAStopInTheMiddleOfALine) {
    FakeLoop loop;
    auto chunk = [](int number) { return number == 0 ? std::string("on") : std::string("e\ntwo"); };
    AsyncStream<std::string> lines = split_lines(map(test::every(1h, 2), chunk));
    const test::StopAfter stop(loop, 90min);
    EXPECT_THROW(run(loop, lines.next(), stop.token()), Cancelled);
    EXPECT_EQ(run(loop, all_of(std::move(lines))), (Texts{"one", "two"}));
}

TEST(StreamLines, PassAFailureOfTheChunksThroughAndKeepWhatCameBefore) {
    FakeLoop loop;
    auto chunk = [](int number) { return number == 0 ? std::string("on") : std::string("e\n"); };
    AsyncStream<std::string> lines =
        split_lines(map(test::stepping({{0s, false}, {0s, true}, {0s, false}}), chunk));
    EXPECT_THROW(run(loop, lines.next()), std::runtime_error);
    EXPECT_EQ(run(loop, all_of(std::move(lines))), (Texts{"one"}));
}

TEST(StreamLines, GiveAHundredThousandOutOfOneChunkAndOfMany) {
    Texts expected;
    Texts pieces;
    std::string text;
    for (int i = 0; i < 100'000; ++i) {
        expected.push_back(std::to_string(i));
        text += expected.back() + "\n";
    }
    for (std::size_t begin = 0; begin < text.size(); begin += 5) {
        pieces.push_back(text.substr(begin, 5));
    }
    EXPECT_EQ(lines_of({text}), expected);
    EXPECT_EQ(lines_of(pieces), expected);
}

}  // namespace
}  // namespace runnel
