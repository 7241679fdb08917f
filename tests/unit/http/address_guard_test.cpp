#include "http/address_guard.hpp"

#include <sys/un.h>

#include <optional>
#include <string>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

bool judged(std::string_view text) {
    const std::optional<IpAddress> address = IpAddress::parse(text);
    EXPECT_TRUE(address.has_value()) << text;
    return address && is_public(*address);
}

/// A refused range: its ends and the addresses next to it, if those are public.
struct Range {
    const char* before;  ///< The last address before it; null if that is refused.
    const char* first;
    const char* last;
    const char* after;  ///< The first address after it.
};

void expect_refused(const Range& range) {
    EXPECT_FALSE(judged(range.first)) << range.first;
    EXPECT_FALSE(judged(range.last)) << range.last;
    if (range.before != nullptr) {
        EXPECT_TRUE(judged(range.before)) << range.before;
    }
    if (range.after != nullptr) {
        EXPECT_TRUE(judged(range.after)) << range.after;
    }
}

TEST(AddressGuard, RefusesEachSpecialRangeOfIpv4AndNotItsNeighbours) {
    for (const Range& range : {
             Range{nullptr, "0.0.0.0", "0.255.255.255", "1.0.0.0"},
             Range{"9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"},
             Range{"100.63.255.255", "100.64.0.0", "100.127.255.255", "100.128.0.0"},
             Range{"126.255.255.255", "127.0.0.0", "127.255.255.255", "128.0.0.0"},
             Range{"169.253.255.255", "169.254.0.0", "169.254.255.255", "169.255.0.0"},
             Range{"172.15.255.255", "172.16.0.0", "172.31.255.255", "172.32.0.0"},
             Range{"191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"},
             Range{"192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"},
             Range{"192.88.98.255", "192.88.99.0", "192.88.99.255", "192.88.100.0"},
             Range{"192.167.255.255", "192.168.0.0", "192.168.255.255", "192.169.0.0"},
             Range{"198.17.255.255", "198.18.0.0", "198.19.255.255", "198.20.0.0"},
             Range{"198.51.99.255", "198.51.100.0", "198.51.100.255", "198.51.101.0"},
             Range{"203.0.112.255", "203.0.113.0", "203.0.113.255", "203.0.114.0"},
             Range{"223.255.255.255", "224.0.0.0", "239.255.255.255", nullptr},
             Range{nullptr, "240.0.0.0", "255.255.255.255", nullptr},
         }) {
        expect_refused(range);
    }
}

TEST(AddressGuard, RefusesEachSpecialRangeOfIpv6AndNotItsNeighbours) {
    for (const Range& range : {
             // Everything outside 2000::/3.
             Range{nullptr, "::", "1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "2000::"},
             Range{"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                   "4000::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", nullptr},
             // Within: protocol assignments, documentation.
             Range{"2000:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                   "2001::", "2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff", "2001:200::"},
             Range{"2001:db7:ffff:ffff:ffff:ffff:ffff:ffff",
                   "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", "2001:db9::"},
             Range{"3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                   "3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff", "3fff:1000::"},
         }) {
        expect_refused(range);
    }
}

TEST(AddressGuard, RefusesSpecialPurposeIpv6) {
    for (const char* text : {"::",
                             "::1",
                             "100::",
                             "100::ffff:ffff:ffff:ffff",
                             "100:0:0:1::",
                             "64:ff9b:1::",
                             "64:ff9b:1:ffff:ffff:ffff:808:808",
                             "2001:0:4136:e378:8000:63bf:3fff:fdd2",
                             "2001:1::1",
                             "2001:2::",
                             "2001:10::",
                             "2001:20::",
                             "5f00::",
                             "5f00:ffff::",
                             "fc00::1",
                             "fd12:3456::1",
                             "fe80::1",
                             "febf:ffff::",
                             "fec0::1",
                             "feff::",
                             "ff00::",
                             "ff02::1",
                             "ff0e::1"}) {
        EXPECT_FALSE(judged(text)) << text;
    }
}

TEST(AddressGuard, AcceptsPublicAddresses) {
    for (const char* text : {"1.1.1.1", "8.8.8.8", "93.184.216.34", "192.31.196.1", "192.52.193.1",
                             "192.175.48.1", "2001:4860:4860::8888", "2606:4700::1111",
                             "2620:4f:8000::1", "2a00:1450:4001:81b::200e", "2400::1", "2c0f::1"}) {
        EXPECT_TRUE(judged(text)) << text;
    }
}

TEST(AddressGuard, JudgesEmbeddedIpv4Addresses) {
    struct Case {
        const char* text;
        bool expected;
    };
    for (const Case& each : {
             Case{"::ffff:8.8.8.8", true},  // mapped
             Case{"::ffff:127.0.0.1", false},
             Case{"::ffff:10.0.0.1", false},
             Case{"::ffff:169.254.169.254", false},
             Case{"::8.8.8.8", true},  // compatible
             Case{"::127.0.0.1", false},
             Case{"::192.168.1.1", false},
             Case{"64:ff9b::8.8.8.8", true},  // NAT64
             Case{"64:ff9b::10.1.2.3", false},
             Case{"64:ff9b::127.0.0.1", false},
             Case{"64:ff9b:0:0:0:1:808:808", false},  // not within the /96
             Case{"2002:808:808::1", true},           // 6to4
             Case{"2002:a00:1::1", false},
             Case{"2002:7f00:1::", false},
             Case{"2002:c0a8:101::1", false},
             Case{"2002:a9fe:a9fe::", false},
             Case{"2002:e000:1::", false},
             Case{"::1:8.8.8.8", false},
             Case{"::ffff:0:8.8.8.8", false},  // translated, RFC 2765
         }) {
        EXPECT_EQ(judged(each.text), each.expected) << each.text;
    }
}

TEST(AddressGuard, ReadsTheAddressOfASocket) {
    sockaddr_in ipv4 = {};
    ipv4.sin_family = AF_INET;
    ipv4.sin_port = 0xffff;
    ipv4.sin_addr.s_addr = htonl(0x08080808);
    EXPECT_TRUE(is_public(reinterpret_cast<const sockaddr&>(ipv4)));
    ipv4.sin_addr.s_addr = htonl(0x7f000001);
    EXPECT_FALSE(is_public(reinterpret_cast<const sockaddr&>(ipv4)));

    sockaddr_in6 ipv6 = {};
    ipv6.sin6_family = AF_INET6;
    ipv6.sin6_flowinfo = 0xffffffff;
    ipv6.sin6_addr.s6_addr[0] = 0x2a;
    EXPECT_TRUE(is_public(reinterpret_cast<const sockaddr&>(ipv6)));
    ipv6.sin6_addr = in6addr_loopback;
    EXPECT_FALSE(is_public(reinterpret_cast<const sockaddr&>(ipv6)));
}

TEST(AddressGuard, RefusesSocketsOfOtherFamilies) {
    sockaddr_un local = {};
    local.sun_family = AF_UNIX;
    EXPECT_FALSE(is_public(reinterpret_cast<const sockaddr&>(local)));
    const sockaddr unspecified = {};
    EXPECT_FALSE(is_public(unspecified));
}

TEST(IsPublicIp, IsTrueForThePublicAddressOfAHost) {
    for (const char* text :
         {"8.8.8.8", "203.0.114.1", "2a00:1450::1", "2A00:1450::1", "2002:808:808::1"}) {
        EXPECT_TRUE(is_public_ip(text)) << text;
    }
}

TEST(IsPublicIp, RefusesOtherAddresses) {
    for (const char* text :
         {"10.0.0.1", "127.0.0.1", "100.64.0.1", "169.254.1.1", "203.0.113.7", "224.0.0.1",
          "255.255.255.255", "::1", "fd00::1", "fe80::1", "2001:db8::1", "ff02::1"}) {
        EXPECT_FALSE(is_public_ip(text)) << text;
    }
}

TEST(IsPublicIp, RefusesIpv6ThatRepresentsIpv4) {
    for (const char* text : {"::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::8.8.8.8"}) {
        EXPECT_TRUE(judged(text)) << text;
        EXPECT_FALSE(is_public_ip(text)) << text;
    }
}

TEST(IsPublicIp, RefusesOtherText) {
    for (const char* text :
         {"", "example.com", "8.8.8", "8.8.8.8 ", "8.8.8.8\n", " 8.8.8.8", "08.8.8.8", "134744072",
          "0x8.8.8.8", "8.8.8.8:80", "8.8.8.0/24", "[2a00::1]", "2a00::1%eth0"}) {
        EXPECT_FALSE(is_public_ip(text)) << text;
    }
    EXPECT_FALSE(is_public_ip(std::string_view("8.8.8.8\0", 8)));
}

}  // namespace
}  // namespace runnel::http
