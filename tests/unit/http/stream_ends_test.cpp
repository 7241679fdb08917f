#include "http/stream_ends.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

using Kind = StreamEvent::Kind;

TEST(StreamEvent, IsReadFromTheTrace) {
    const auto opened = parse_stream_event("[HTTP/2] [3] OPENED stream for https://a/\n");
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->stream, 3);
    EXPECT_EQ(opened->kind, Kind::Opened);

    const auto headers =
        parse_stream_event("[HTTP/2] [3] <- FRAME[HEADERS, len=20, hend=1, eos=0]\n");
    ASSERT_TRUE(headers);
    EXPECT_EQ(headers->kind, Kind::Head);
    EXPECT_FALSE(headers->ends);

    const auto last = parse_stream_event("[HTTP/2] [3] <- FRAME[DATA, len=0, eos=1, padlen=0]\n");
    ASSERT_TRUE(last);
    EXPECT_EQ(last->kind, Kind::Other);
    EXPECT_TRUE(last->ends);

    const auto farewell =
        parse_stream_event("[HTTP/2] [0] <- FRAME[GOAWAY, error=0, reason='', last_stream=1]\n");
    ASSERT_TRUE(farewell);
    EXPECT_EQ(farewell->kind, Kind::GoAway);
}

TEST(StreamEvent, IsNotReadFromOtherLines) {
    for (const char* line :
         {"", "Connected to a", "[HTTP/2] [0] <- FRAME[SETTINGS, len=0]", "[HTTP/2] [x] OPENED",
          "[HTTP/2] [1] -> FRAME[HEADERS, len=20, hend=1, eos=1]", "[HTTP/2] [99999999999] <- F",
          "[HTTP/2] [1] [user-agent: [HTTP/2] [1] <- FRAME[DATA, len=0, eos=1]]"}) {
        EXPECT_FALSE(parse_stream_event(line)) << line;
    }
}

class StreamEndsTest : public testing::Test {
protected:
    void follow(int handle, const char* line) { ends_.follow(at(handle), line); }
    StreamEnd take(int handle) { return ends_.take(at(handle)); }

private:
    // Only compared: without a connection all handles are on the same one.
    static CURL* at(int handle) { return handles[handle].get(); }
    struct Free {
        void operator()(CURL* easy) const noexcept { curl_easy_cleanup(easy); }
    };
    static inline std::unique_ptr<CURL, Free> handles[2] = {
        std::unique_ptr<CURL, Free>(curl_easy_init()),
        std::unique_ptr<CURL, Free>(curl_easy_init())};
    StreamEnds ends_;
};

TEST_F(StreamEndsTest, SeesGoAwayInAllStreamsThatAreOpen) {
    follow(0, "[HTTP/2] [1] OPENED stream for https://a/");
    follow(0, "[HTTP/2] [0] <- FRAME[GOAWAY, error=0, reason='', last_stream=0]");
    follow(1, "[HTTP/2] [3] OPENED stream for https://a/");
    const StreamEnd first = take(0);
    EXPECT_TRUE(first.opened);
    EXPECT_TRUE(first.gone_away);
    EXPECT_FALSE(take(1).gone_away);
    EXPECT_FALSE(take(1).opened);
}

TEST_F(StreamEndsTest, SeesTheLastFrameInTheTraceOfAnotherHandle) {
    follow(0, "[HTTP/2] [1] OPENED stream for https://a/");
    follow(1, "[HTTP/2] [3] OPENED stream for https://a/");
    follow(0, "[HTTP/2] [1] <- FRAME[HEADERS, len=9, hend=1, eos=0]");
    follow(0, "[HTTP/2] [3] <- FRAME[HEADERS, len=9, hend=1, eos=0]");
    follow(0, "[HTTP/2] [3] <- FRAME[DATA, len=9, eos=1, padlen=0]");
    EXPECT_TRUE(take(1).ended);
    const StreamEnd cut = take(0);
    EXPECT_TRUE(cut.followed);
    EXPECT_FALSE(cut.ended);
}

TEST_F(StreamEndsTest, FollowsNothingWithoutRecognisedFrames) {
    EXPECT_FALSE(take(0).followed);
    follow(0, "[HTTP/2] [1] OPENED stream for https://a/");
    follow(0, "[HTTP/2] [1] something new");
    EXPECT_FALSE(take(0).followed);
}

TEST_F(StreamEndsTest, ForgetsAStreamThatIsRepeatedOrTaken) {
    follow(0, "[HTTP/2] [1] OPENED stream for https://a/");
    follow(0, "[HTTP/2] [1] <- FRAME[HEADERS, len=9, hend=1, eos=1]");
    follow(0, "[HTTP/2] [3] OPENED stream for https://a/");
    EXPECT_FALSE(take(0).ended);
    EXPECT_FALSE(take(0).followed);
}

}  // namespace
}  // namespace runnel::http
