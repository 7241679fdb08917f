#include "http/response_head.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

TEST(ResponseHead, TakesLengthsThatAreTheSameNumber) {
    for (const std::string value : {"5", " 0\r\n", "5, 5", "5,5 , 5", "99999999999999999999"}) {
        EXPECT_TRUE(ResponseHead().take("Content-Length", value).ok()) << value;
    }
    ResponseHead twice;
    EXPECT_TRUE(twice.take("Content-Length", "5").ok());
    EXPECT_TRUE(twice.take("content-length", " 5 ").ok());
}

TEST(ResponseHead, RefusesLengthsThatAreNoNumberOrSeveral) {
    for (const std::string value :
         {"", "x", "-5", "+5", "0x5", "5x", "5 5", "5.0", "5,", ",5", "5,6", "5,5,6", "5, x"}) {
        const Result<void> taken = ResponseHead().take("CONTENT-LENGTH", value);
        ASSERT_FALSE(taken.ok()) << value;
        EXPECT_EQ(taken.error().error_class(), ErrorClass::Protocol);
    }
    ResponseHead twice;
    EXPECT_TRUE(twice.take("Content-Length", "5").ok());
    EXPECT_FALSE(twice.take("Content-Length", "6").ok());
}

TEST(ResponseHead, JoinsCodingsAndKeepsTheFirstLocation) {
    ResponseHead head;
    EXPECT_TRUE(head.take("Content-Encoding", " gzip\r\n").ok());
    EXPECT_TRUE(head.take("content-encoding", "br").ok());
    EXPECT_TRUE(head.take("LOCATION", "\t/there \r\n").ok());
    EXPECT_TRUE(head.take("Location", "/elsewhere").ok());
    EXPECT_TRUE(head.take("X-Other", "5").ok());
    EXPECT_EQ(head.encoding(), "gzip,br");
    EXPECT_EQ(head.location(), "/there");
    EXPECT_FALSE(head.chunked());
}

TEST(ResponseHead, SeesChunksIfTheyAreTheLastCoding) {
    for (const std::string value : {"chunked", " CHUNKED\r\n", "gzip, chunked"}) {
        ResponseHead head;
        EXPECT_TRUE(head.take("Transfer-Encoding", value).ok());
        EXPECT_TRUE(head.chunked()) << value;
    }
    ResponseHead head;
    EXPECT_TRUE(head.take("Transfer-Encoding", "chunked, gzip").ok());
    EXPECT_FALSE(head.chunked());
}

}  // namespace
}  // namespace runnel::http
