#include "http/ip_network.hpp"

#include <arpa/inet.h>

#include <initializer_list>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

IpAddress address(std::string_view text) {
    const std::optional<IpAddress> parsed = IpAddress::parse(text);
    EXPECT_TRUE(parsed.has_value()) << text;
    return parsed.value_or(IpAddress(in_addr{}));
}

bool contains(std::string_view network, std::string_view text) {
    const std::optional<IpNetwork> parsed = IpNetwork::parse(network);
    EXPECT_TRUE(parsed.has_value()) << network;
    return parsed && parsed->contains(address(text));
}

std::vector<int> bytes_of(const IpAddress& each) {
    return std::vector<int>(each.bytes().begin(), each.bytes().end());
}

TEST(IpAddress, HoldsItsBytesInNetworkOrder) {
    EXPECT_EQ(bytes_of(address("1.2.3.4")), (std::vector{1, 2, 3, 4}));
    EXPECT_EQ(bytes_of(address("102:304::ff")),
              (std::vector{1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255}));
}

TEST(IpAddress, IsPrintedAsItIsParsed) {
    for (const char* text : {"192.0.2.1", "2001:db8::1", "::", "::ffff:192.0.2.1"}) {
        EXPECT_EQ(address(text).to_string(), text);
    }
    EXPECT_TRUE(address("192.0.2.1").is_ipv4());
    EXPECT_FALSE(address("::ffff:192.0.2.1").is_ipv4());
}

TEST(IpAddress, IsTakenFromASocketAddress) {
    sockaddr_in ipv4 = {};
    ipv4.sin_family = AF_INET;
    ipv4.sin_addr.s_addr = htonl(0x7f000001);
    EXPECT_EQ(IpAddress::of(reinterpret_cast<const sockaddr&>(ipv4)), address("127.0.0.1"));
    sockaddr_in6 ipv6 = {};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_addr = in6addr_loopback;
    EXPECT_EQ(IpAddress::of(reinterpret_cast<const sockaddr&>(ipv6)), address("::1"));
    sockaddr local = {};
    local.sa_family = AF_UNIX;
    EXPECT_FALSE(IpAddress::of(local));
}

TEST(IpAddress, ConvertsFromTheTypesOfTheSystem) {
    in_addr ipv4 = {};
    ipv4.s_addr = htonl(0x7f000001);
    EXPECT_EQ(IpAddress(ipv4), address("127.0.0.1"));
    EXPECT_EQ(IpAddress(in6addr_loopback), address("::1"));
}

TEST(IpAddress, IsEqualForAllSpellings) {
    EXPECT_EQ(address("2001:DB8:0:0::1"), address("2001:db8::1"));
    EXPECT_EQ(address("::ffff:10.1.2.3"), address("::ffff:a01:203"));
    EXPECT_NE(address("::1"), address("::2"));
    EXPECT_NE(address("10.1.2.3"), address("10.1.2.4"));
}

TEST(IpAddress, DiffersBetweenFamilies) {
    EXPECT_NE(address("10.1.2.3"), address("::ffff:10.1.2.3"));
    EXPECT_NE(address("0.0.0.0"), address("::"));
}

TEST(IpAddress, RefusesOtherText) {
    for (const char* text :
         {"", "host", "1.2.3", "1.2.3.4.5", "1.2.3.256", "0x7f.0.0.1", "2130706433", " 1.2.3.4",
          "1.2.3.4 ", "[::1]", "::1%lo", "fe80::1%25eth0", ":::", "1::2::3", "::g", "1.2.3.4/32"}) {
        EXPECT_FALSE(IpAddress::parse(text)) << text;
    }
    EXPECT_FALSE(IpAddress::parse(std::string_view("1.2.3.4\0x", 9)));
}

TEST(IpNetwork, ContainsAddressesWithItsPrefix) {
    for (unsigned bits = 0; bits <= 32; ++bits) {
        const std::string network = "170.170.170.170/" + std::to_string(bits);
        for (unsigned flipped = 0; flipped < 32; ++flipped) {
            in_addr other = {};
            other.s_addr = htonl(0xaaaaaaaaU ^ (0x80000000U >> flipped));
            EXPECT_EQ(IpNetwork::parse(network)->contains(other), flipped >= bits)
                << network << ' ' << flipped;
        }
    }
}

TEST(IpNetwork, ContainsIpv6AddressesWithItsPrefix) {
    for (std::size_t bits = 0; bits <= 128; ++bits) {
        const std::string network = "5555:5555::5555/" + std::to_string(bits);
        for (std::size_t flipped = 0; flipped < 128; ++flipped) {
            in6_addr other = {};
            ASSERT_EQ(inet_pton(AF_INET6, "5555:5555::5555", &other), 1);
            other.s6_addr[flipped / 8] =
                static_cast<std::uint8_t>(other.s6_addr[flipped / 8] ^ (0x80U >> flipped % 8));
            EXPECT_EQ(IpNetwork::parse(network)->contains(other), flipped >= bits)
                << network << ' ' << flipped;
        }
    }
}

TEST(IpNetwork, OfAnAddressIsThatAddress) {
    EXPECT_TRUE(contains("10.1.2.3", "10.1.2.3"));
    EXPECT_FALSE(contains("10.1.2.3", "10.1.2.2"));
    EXPECT_TRUE(contains("::1", "0:0::1"));
    EXPECT_FALSE(contains("::1", "::3"));
}

TEST(IpNetwork, IgnoresBitsAfterItsPrefix) {
    EXPECT_TRUE(contains("10.255.255.255/8", "10.0.0.1"));
    EXPECT_TRUE(contains("fd00::1/8", "fdff::"));
}

TEST(IpNetwork, ContainsNothingOfTheOtherFamily) {
    EXPECT_FALSE(contains("0.0.0.0/0", "::"));
    EXPECT_FALSE(contains("::/0", "0.0.0.0"));
    EXPECT_FALSE(contains("10.0.0.0/8", "::ffff:10.0.0.1"));
}

TEST(IpNetwork, RefusesOtherText) {
    for (const char* text :
         {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8x",
          "10.0.0.0/ 8", "10.0.0.0/8/8", "10.0.0.0/99999999999999999999", "10/8", "::/129",
          "[::]/8", "host/8"}) {
        EXPECT_FALSE(IpNetwork::parse(text)) << text;
    }
}

}  // namespace
}  // namespace runnel::http
