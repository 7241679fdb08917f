#include "http/socket_guard.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "base/unique_fd.hpp"

namespace runnel::http {
namespace {

/// An address as passed by libcurl, with space for the longest.
class Address {
public:
    explicit Address(const std::string& text) {
        const bool ipv6 = text.find(':') != std::string::npos;
        raw_.given.family = ipv6 ? AF_INET6 : AF_INET;
        raw_.given.socktype = SOCK_STREAM;
        raw_.given.protocol = IPPROTO_TCP;
        raw_.given.addrlen = ipv6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
        raw_.given.addr.sa_family = static_cast<sa_family_t>(raw_.given.family);
        auto* bytes = reinterpret_cast<char*>(&raw_.given.addr);
        bytes += ipv6 ? offsetof(sockaddr_in6, sin6_addr) : offsetof(sockaddr_in, sin_addr);
        if (inet_pton(raw_.given.family, text.c_str(), bytes) != 1) {
            throw std::invalid_argument(text);
        }
    }
    [[nodiscard]] curl_sockaddr* get() { return &raw_.given; }

private:
    struct {
        curl_sockaddr given{};
        char room[sizeof(sockaddr_storage)] = {};
    } raw_;
};

/// Whether a socket for \a text is opened.
bool opens(SocketGuard& guard, const std::string& text) {
    Address address(text);
    const UniqueFd socket(SocketGuard::open(&guard, CURLSOCKTYPE_IPCXN, address.get()));
    return static_cast<bool>(socket);
}

TEST(SocketGuard, OpensSocketsForPublicAddresses) {
    SocketGuard guard;
    EXPECT_TRUE(opens(guard, "8.8.8.8"));
    EXPECT_TRUE(opens(guard, "2606:4700:4700::1111"));
    EXPECT_EQ(guard.refused(), "");
}

TEST(SocketGuard, RefusesOthersAndReportsTheAddress) {
    for (const char* text : {"127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1",
                             "::ffff:127.0.0.1", "64:ff9b::a00:1"}) {
        SocketGuard guard;
        EXPECT_FALSE(opens(guard, text)) << text;
        EXPECT_EQ(guard.refused(), text);
    }
}

TEST(SocketGuard, ReportsTheFirstRefusedAddress) {
    SocketGuard guard;
    EXPECT_FALSE(opens(guard, "10.0.0.1"));
    EXPECT_FALSE(opens(guard, "10.0.0.2"));
    EXPECT_EQ(guard.refused(), "10.0.0.1");
}

TEST(SocketGuard, ReportsNothingAfterAnAcceptedAddress) {
    SocketGuard guard;
    EXPECT_FALSE(opens(guard, "10.0.0.1"));
    EXPECT_TRUE(opens(guard, "8.8.8.8"));
    EXPECT_EQ(guard.refused(), "");
    EXPECT_FALSE(opens(guard, "10.0.0.2"));
    EXPECT_EQ(guard.refused(), "");
}

TEST(SocketGuard, IsResetForTheNextTransfer) {
    SocketGuard guard;
    EXPECT_TRUE(opens(guard, "8.8.8.8"));
    guard.forget();
    EXPECT_FALSE(opens(guard, "10.0.0.1"));
    EXPECT_EQ(guard.refused(), "10.0.0.1");
    guard.forget();
    EXPECT_EQ(guard.refused(), "");
}

}  // namespace
}  // namespace runnel::http
