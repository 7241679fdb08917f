#include "pipeline/line_splitter.hpp"

#include <algorithm>
#include <initializer_list>
#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::string_literals;

class Outcome {
public:
    std::string out;
    bool ok = true;
};

/// Feeds \a body in chunks of \a chunk_size bytes and finishes.
Outcome split(std::string_view body, std::size_t chunk_size, LineSplitter splitter) {
    Outcome outcome;
    for (std::size_t at = 0; at < body.size() && outcome.ok; at += chunk_size) {
        outcome.ok = splitter.feed(body.substr(at, chunk_size), outcome.out).ok();
    }
    outcome.ok = splitter.finish(outcome.out).ok() && outcome.ok;
    return outcome;
}

/// Returns the expected output, computed line by line from the whole body.
Outcome expected(std::string_view body, std::uint64_t max_line, std::string_view prefix) {
    Outcome outcome;
    while (!body.empty()) {
        const std::size_t size = std::min(body.find('\n'), body.size());
        if (max_line != 0 && size > max_line) {
            outcome.ok = false;
            break;
        }
        outcome.out.append(prefix).append(body.substr(0, size)).append("\n");
        body.remove_prefix(std::min(size + 1, body.size()));
    }
    return outcome;
}

void expect_whole(std::string_view body, const std::string& text) {
    for (std::size_t chunk = 1; chunk <= body.size() + 1; ++chunk) {
        EXPECT_EQ(split(body, chunk, LineSplitter(0)).out, text) << "chunks of " << chunk;
    }
}

TEST(LineSplitter, AppendsCompleteLinesAtOnce) {
    LineSplitter splitter(0);
    std::string out;
    ASSERT_TRUE(splitter.feed("one\ntwo\nthr", out).ok());
    EXPECT_EQ(out, "one\ntwo\n");
    ASSERT_TRUE(splitter.feed("ee\n", out).ok());
    EXPECT_EQ(out, "one\ntwo\nthree\n");
}

TEST(LineSplitter, AppendsToTheText) {
    LineSplitter splitter(0);
    std::string out = "before\n";
    ASSERT_TRUE(splitter.feed("after\n", out).ok());
    EXPECT_EQ(out, "before\nafter\n");
}

TEST(LineSplitter, AddsTheNewlineOfTheLastLine) {
    expect_whole("a\nb", "a\nb\n");
    expect_whole("a\nb\n", "a\nb\n");
    expect_whole("b", "b\n");
}

TEST(LineSplitter, FinishesOnlyOnce) {
    LineSplitter splitter(0);
    std::string out;
    ASSERT_TRUE(splitter.feed("a", out).ok());
    ASSERT_TRUE(splitter.finish(out).ok());
    ASSERT_TRUE(splitter.finish(out).ok());
    EXPECT_EQ(out, "a\n");
}

TEST(LineSplitter, AppendsNothingForAnEmptyBody) {
    expect_whole("", "");
    LineSplitter splitter(1);
    std::string out;
    ASSERT_TRUE(splitter.feed("", out).ok());
    ASSERT_TRUE(splitter.finish(out).ok());
    EXPECT_EQ(out, "");
    EXPECT_FALSE(splitter.emitted());
}

TEST(LineSplitter, KeepsEmptyLines) {
    expect_whole("\n", "\n");
    expect_whole("\n\n\n\n", "\n\n\n\n");
    expect_whole("\n\na", "\n\na\n");
}

TEST(LineSplitter, ChangesNoByte) {
    expect_whole("a\r\nb\r\n", "a\r\nb\r\n");
    expect_whole("a\r", "a\r\n");
    expect_whole("a\rb\n", "a\rb\n");
    expect_whole(
        "\xEF\xBB\xBF"
        "a\nb\n",
        "\xEF\xBB\xBF"
        "a\nb\n");
    expect_whole("a\0b\n\0"s, "a\0b\n\0\n"s);
    expect_whole("\xFF\xFE\n\xC3\n", "\xFF\xFE\n\xC3\n");
    expect_whole("gr\xC3\xBC\xC3\x9F\n\xE6\x9D\xB1\xF0\x9F\x98\x80",
                 "gr\xC3\xBC\xC3\x9F\n\xE6\x9D\xB1\xF0\x9F\x98\x80\n");
    expect_whole("\xE2\x80\xA8\x0B\x0C\x85\n", "\xE2\x80\xA8\x0B\x0C\x85\n");
}

TEST(LineSplitter, ReportsWhetherAnyLineWasAppended) {
    LineSplitter splitter(0);
    std::string out;
    ASSERT_TRUE(splitter.feed("unfinished", out).ok());
    EXPECT_FALSE(splitter.emitted());
    ASSERT_TRUE(splitter.feed("\n", out).ok());
    EXPECT_TRUE(splitter.emitted());
}

TEST(LineSplitter, AcceptsALineOfExactlyTheLimit) {
    for (std::size_t chunk = 1; chunk <= 12; ++chunk) {
        for (const char* body : {"12345\n12345\n", "12345\n12345", "12345", "\n12345\n\n"}) {
            EXPECT_TRUE(split(body, chunk, LineSplitter(5)).ok) << body << " by " << chunk;
        }
    }
}

TEST(LineSplitter, RefusesOneByteMoreAfterTheLinesBeforeIt) {
    for (std::size_t chunk = 1; chunk <= 20; ++chunk) {
        for (const char* body : {"1234\n\n123456\n1\n", "1234\n\n123456", "1234\n\n1234567890"}) {
            const Outcome outcome = split(body, chunk, LineSplitter(5));
            EXPECT_FALSE(outcome.ok) << body << " by " << chunk;
            EXPECT_EQ(outcome.out, "1234\n\n") << body << " by " << chunk;
        }
    }
}

TEST(LineSplitter, RefusesAnOverlongLineBeforeItsEnd) {
    LineSplitter splitter(5);
    std::string out;
    ASSERT_TRUE(splitter.feed("12345", out).ok());
    const Result<void> fed = splitter.feed("6", out);
    ASSERT_FALSE(fed.ok());
    EXPECT_EQ(fed.error().error_class(), ErrorClass::TooLarge);
    EXPECT_EQ(fed.error().message(), "a line is longer than the 5 bytes of --max-line");
}

TEST(LineSplitter, AcceptsNothingAfterAFailure) {
    LineSplitter splitter(1);
    std::string out;
    ASSERT_FALSE(splitter.feed("a\nbb\n", out).ok());
    EXPECT_FALSE(splitter.feed("c\n", out).ok());
    EXPECT_FALSE(splitter.finish(out).ok());
    EXPECT_EQ(out, "a\n");
}

TEST(LineSplitter, WritesThePrefixBeforeEveryLineAndDoesNotCountIt) {
    for (std::size_t chunk = 1; chunk <= 12; ++chunk) {
        const Outcome outcome = split("one\n\ntwo", chunk, LineSplitter(3, "http://h/\t"));
        EXPECT_TRUE(outcome.ok);
        EXPECT_EQ(outcome.out, "http://h/\tone\nhttp://h/\t\nhttp://h/\ttwo\n");
    }
}

TEST(LineSplitter, SplitsRandomTextTheSameInAnyChunks) {
    std::mt19937 random(20261121);
    const auto below = [&random](std::size_t end) { return random() % end; };
    for (int round = 0; round < 3000; ++round) {
        const std::string alphabet = "ab\r\n\n\0\xC3\xBC"s.substr(0, 3 + below(6));
        std::string body;
        for (std::size_t size = below(200); body.size() < size;) {
            body += alphabet[below(alphabet.size())];
        }
        const std::uint64_t max_line = below(2) == 0 ? 0 : below(12);
        const std::string prefix = below(2) == 0 ? "" : "tag\t";
        const Outcome wanted = expected(body, max_line, prefix);

        LineSplitter splitter(max_line, prefix);
        Outcome outcome;
        const std::size_t longest = 1 + below(body.size() + 1);
        for (std::size_t at = 0; at < body.size();) {
            const std::size_t size = below(longest + 1);
            outcome.ok = splitter.feed(std::string_view(body).substr(at, size), outcome.out).ok();
            at += size;
        }
        outcome.ok = splitter.finish(outcome.out).ok();
        EXPECT_EQ(outcome.ok, wanted.ok);
        EXPECT_EQ(outcome.out, wanted.out);
        EXPECT_EQ(splitter.emitted(), !wanted.out.empty());
    }
}

TEST(LineSplitter, JoinsALineLongerThanItsKeptBuffer) {
    const std::string body = std::string(300'000, 'x') + "\nshort\n" + std::string(200'000, 'y');
    for (const std::size_t chunk : {1000U, 16384U, 65536U, 1000000U}) {
        EXPECT_EQ(split(body, chunk, LineSplitter(300'000)).out, body + "\n");
    }
}

}  // namespace
}  // namespace runnel
