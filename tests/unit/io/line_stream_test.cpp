#include "io/line_stream.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "support/byte_streams.hpp"
#include "support/descriptors.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::take_line;

class LineStreamTest : public testing::Test {
protected:
    void say(std::string_view bytes) { test::write_all(pipe.second.get(), bytes); }

    Loop loop;
    test::Ends pipe = test::make_pipe();
    ByteStream stream = ByteStream(loop, std::move(pipe.first), "pipe");
    LineStream lines = LineStream(stream, 10);
};

TEST_F(LineStreamTest, ReturnsLinesAsTheyArrive) {
    say("one\ntw");
    EXPECT_EQ(run(loop, take_line(lines)), "one");
    EXPECT_TRUE(lines.holds_bytes());
    const test::StopAfter stop(loop, 5ms);
    EXPECT_THROW(run(loop, take_line(lines), stop.token()), Cancelled);
    say("o\n\n");
    EXPECT_EQ(run(loop, take_line(lines)), "two");
    EXPECT_EQ(run(loop, take_line(lines)), "");
    EXPECT_FALSE(lines.holds_bytes());
}

TEST_F(LineStreamTest, TheLastLineNeedsNoLineEnd) {
    say("one\ntwo");
    pipe.second.reset();
    EXPECT_EQ(run(loop, take_line(lines)), "one");
    EXPECT_FALSE(lines.last_was_cut_off());
    EXPECT_EQ(run(loop, take_line(lines)), "two");
    EXPECT_TRUE(lines.last_was_cut_off());
    EXPECT_EQ(run(loop, take_line(lines)), "(end)");
    EXPECT_FALSE(lines.last_was_cut_off());
    EXPECT_EQ(run(loop, take_line(lines)), "(end)");
}

TEST_F(LineStreamTest, SkipsALineThatIsTooLong) {
    say("0123456789\n0123456789a\nshort\n");
    EXPECT_EQ(run(loop, take_line(lines)), "0123456789");
    EXPECT_TRUE(run(loop, lines.next()).value()->too_long);
    EXPECT_EQ(run(loop, take_line(lines)), "short");
}

TEST_F(LineStreamTest, IsCancelledBetweenLinesThatHaveArrived) {
    say("one\ntwo\n");
    EXPECT_EQ(run(loop, take_line(lines)), "one");
    EXPECT_THROW(run(loop, take_line(lines), test::stopped()), Cancelled);
    EXPECT_EQ(run(loop, take_line(lines)), "two");
}

}  // namespace
}  // namespace runnel
