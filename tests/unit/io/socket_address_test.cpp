#include "io/socket_address.hpp"

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(SocketAddress, ReadsLiteralsOfBothFamilies) {
    EXPECT_EQ(SocketAddress::of_host("192.0.2.1", 80)->front().to_string(), "192.0.2.1:80");
    EXPECT_EQ(SocketAddress::of_host("2001:db8::1", 443)->front().to_string(), "[2001:db8::1]:443");
    EXPECT_EQ(SocketAddress::of_host("::", 65535)->front().port(), 65535);
}

TEST(SocketAddress, KnowsBothLoopbacksOfLocalhost) {
    const auto addresses = SocketAddress::of_host("LOCALHOST", 1);
    ASSERT_EQ(addresses->size(), 2U);
    EXPECT_EQ(addresses->front().to_string(), "127.0.0.1:1");
    EXPECT_EQ(addresses->back().to_string(), "[::1]:1");
}

TEST(SocketAddress, RefusesOtherHosts) {
    for (const std::string& host :
         {std::string("example.com"), std::string("1.2.3"), std::string("[::1]"), std::string(),
          std::string("1.1.1.1\0", 8)}) {
        const auto addresses = SocketAddress::of_host(host, 1);
        ASSERT_FALSE(addresses.ok()) << host;
        EXPECT_EQ(addresses.error().error_class(), ErrorClass::BadInput);
    }
}

TEST(SocketAddress, PrintsAnUnknownAddress) {
    EXPECT_EQ(SocketAddress().to_string(), "an unknown address");
    EXPECT_EQ(SocketAddress().port(), 0);
}

}  // namespace
}  // namespace runnel
