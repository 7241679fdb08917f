#include "http/response_head.hpp"

#include <string>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

TEST(ResponseHead, JoinsCodingsAndKeepsTheFirstLocation) {
    ResponseHead head;
    head.take("Content-Encoding", " gzip\r\n");
    head.take("content-encoding", "br");
    head.take("LOCATION", "\t/there \r\n");
    head.take("Location", "/elsewhere");
    head.take("X-Other", "5");
    EXPECT_EQ(head.encoding(), "gzip,br");
    EXPECT_EQ(head.location(), "/there");
    EXPECT_FALSE(head.chunked());
}

TEST(ResponseHead, SeesChunksIfTheyAreTheLastCoding) {
    for (const std::string value : {"chunked", " CHUNKED\r\n", "gzip, chunked"}) {
        ResponseHead head;
        head.take("Transfer-Encoding", value);
        EXPECT_TRUE(head.chunked()) << value;
    }
    ResponseHead head;
    head.take("Transfer-Encoding", "chunked, gzip");
    EXPECT_FALSE(head.chunked());
}

}  // namespace
}  // namespace runnel::http
