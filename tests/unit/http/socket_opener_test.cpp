#include "http/socket_opener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <cstring>
#include <initializer_list>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

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
    [[nodiscard]] std::string text() const {
        const std::optional<IpAddress> address = IpAddress::of(raw_.given.addr);
        return address ? address->to_string() : "none";
    }

private:
    struct {
        curl_sockaddr given{};
        char room[sizeof(sockaddr_storage)] = {};
    } raw_;
};

/// Whether a socket for \a text is opened.
bool opens(SocketOpener& opener, const std::string& text) {
    Address address(text);
    const UniqueFd socket(SocketOpener::open(&opener, CURLSOCKTYPE_IPCXN, address.get()));
    return static_cast<bool>(socket);
}

TEST(SocketOpener, OpensSocketsForPublicAddresses) {
    SocketOpener opener;
    opener.begin({}, true);
    EXPECT_TRUE(opens(opener, "8.8.8.8"));
    EXPECT_TRUE(opens(opener, "2606:4700:4700::1111"));
    EXPECT_EQ(opener.refused(), "");
}

TEST(SocketOpener, RefusesOthersAndReportsTheAddress) {
    for (const char* text : {"127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1",
                             "::ffff:127.0.0.1", "64:ff9b::a00:1"}) {
        SocketOpener opener;
        opener.begin({}, true);
        EXPECT_FALSE(opens(opener, text)) << text;
        EXPECT_EQ(opener.refused(), text);
    }
}

TEST(SocketOpener, ReportsTheFirstRefusedAddress) {
    SocketOpener opener;
    opener.begin({}, true);
    EXPECT_FALSE(opens(opener, "10.0.0.1"));
    EXPECT_FALSE(opens(opener, "10.0.0.2"));
    EXPECT_EQ(opener.refused(), "10.0.0.1");
}

TEST(SocketOpener, ReportsNothingAfterAnAcceptedAddress) {
    SocketOpener opener;
    opener.begin({}, true);
    EXPECT_FALSE(opens(opener, "10.0.0.1"));
    EXPECT_TRUE(opens(opener, "8.8.8.8"));
    EXPECT_EQ(opener.refused(), "");
    EXPECT_FALSE(opens(opener, "10.0.0.2"));
    EXPECT_EQ(opener.refused(), "");
}

TEST(SocketOpener, IsResetForTheNextTransfer) {
    SocketOpener opener;
    opener.begin({}, true);
    EXPECT_TRUE(opens(opener, "8.8.8.8"));
    opener.begin({}, true);
    EXPECT_FALSE(opens(opener, "10.0.0.1"));
    EXPECT_EQ(opener.refused(), "10.0.0.1");
    opener.begin({}, true);
    EXPECT_EQ(opener.refused(), "");
}

std::vector<IpAddress> list(std::initializer_list<const char*> texts) {
    std::vector<IpAddress> addresses;
    for (const char* text : texts) {
        addresses.push_back(IpAddress::parse(text).value());
    }
    return addresses;
}

/// The address that a socket is opened for if libcurl has \a text; "none" if it is refused.
std::string opened(SocketOpener& opener, const std::string& text) {
    Address address(text);
    const UniqueFd socket(SocketOpener::open(&opener, CURLSOCKTYPE_IPCXN, address.get()));
    return socket ? address.text() : "none";
}

TEST(SocketOpener, LeavesTheAddressToLibcurlIfItHasNone) {
    SocketOpener opener;
    opener.begin({}, false);
    EXPECT_EQ(opened(opener, "127.0.0.1"), "127.0.0.1");
    EXPECT_FALSE(opener.next());
    EXPECT_TRUE(opener.tried().empty());
}

TEST(SocketOpener, ReplacesTheAddressOfLibcurl) {
    SocketOpener opener;
    opener.begin(list({"127.0.0.2", "::1"}), false);
    EXPECT_EQ(opened(opener, "127.0.0.1"), "127.0.0.2");
    EXPECT_EQ(opened(opener, "127.0.0.1"), "127.0.0.2") << "it stays the current one";
    EXPECT_TRUE(opener.next());
    EXPECT_EQ(opened(opener, "127.0.0.1"), "::1");
    EXPECT_FALSE(opener.next()) << "there is no other";
    EXPECT_EQ(opener.tried(), list({"127.0.0.2", "::1"}));
}

TEST(SocketOpener, KeepsThePort) {
    SocketOpener opener;
    opener.begin(list({"::1", "127.0.0.2"}), false);
    Address address("127.0.0.1");
    reinterpret_cast<sockaddr_in&>(address.get()->addr).sin_port = htons(8080);
    const UniqueFd socket(SocketOpener::open(&opener, CURLSOCKTYPE_IPCXN, address.get()));
    EXPECT_EQ(address.get()->family, AF_INET6);
    EXPECT_EQ(address.get()->addrlen, sizeof(sockaddr_in6));
    EXPECT_EQ(reinterpret_cast<sockaddr_in6&>(address.get()->addr).sin6_port, htons(8080));
}

TEST(SocketOpener, PrefersAnAddressAndLeavesTheCurrentOneForTheEnd) {
    SocketOpener opener;
    opener.begin(list({"127.0.0.1", "127.0.0.2", "127.0.0.3"}), false);
    opener.prefer(list({"127.0.0.3"}).front());
    EXPECT_EQ(opener.addresses(), list({"127.0.0.3", "127.0.0.2", "127.0.0.1"}));
}

TEST(SocketOpener, ChecksTheAddressThatItPuts) {
    SocketOpener opener;
    opener.begin(list({"10.0.0.1", "8.8.4.4"}), true);
    EXPECT_EQ(opened(opener, "8.8.8.8"), "none");
    EXPECT_EQ(opener.refused(), "10.0.0.1");
    EXPECT_TRUE(opener.next());
    EXPECT_EQ(opened(opener, "127.0.0.1"), "8.8.4.4");
    EXPECT_EQ(opener.refused(), "");
}

}  // namespace
}  // namespace runnel::http
