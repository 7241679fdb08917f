#include "mock/listener.hpp"

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "support/raw_client.hpp"

namespace runnel::mock {
namespace {

std::string refusal(const std::string& address) {
    const Result<Listener> listener = listen_on(address);
    return listener ? "" : listener.error().message();
}

TEST(Listener, PortZeroIsAnyFreePort) {
    const Result<Listener> one = listen_on("127.0.0.1:0");
    const Result<Listener> other = listen_on("127.0.0.1:0");
    ASSERT_TRUE(one.ok() && other.ok());
    EXPECT_EQ(one->host, "127.0.0.1");
    EXPECT_NE(one->port, 0);
    EXPECT_NE(one->port, other->port);
    test::RawClient client(one->port);
}

TEST(Listener, AcceptsNamesAndTheWildcardAddress) {
    EXPECT_EQ(listen_on("0.0.0.0:0")->host, "0.0.0.0");
    EXPECT_EQ(listen_on("localhost:0")->host, "127.0.0.1");
}

TEST(Listener, AcceptsIpv6IfTheSystemSupportsIt) {
    const Result<Listener> listener = listen_on("[::1]:0");
    if (listener) {
        EXPECT_EQ(listener->host, "[::1]");
    } else {
        EXPECT_TRUE(listener.error().code() == EADDRNOTAVAIL ||
                    listener.error().code() == EAFNOSUPPORT)
            << listener.error().message();
    }
}

TEST(Listener, ErrorsSayWhy) {
    const Result<Listener> first = listen_on("127.0.0.1:0");
    ASSERT_TRUE(first.ok());
    const std::string taken = "127.0.0.1:" + std::to_string(first->port);
    EXPECT_EQ(refusal(taken), "cannot listen on " + taken + ": Address already in use");
    EXPECT_EQ(listen_on(taken).error().code(), EADDRINUSE);
    EXPECT_EQ(refusal("192.0.2.1:0"),
              "cannot listen on 192.0.2.1:0: Cannot assign requested address");
}

TEST(Listener, RefusesInvalidAddresses) {
    const std::string hint = ": use HOST:PORT such as 127.0.0.1:8080 or [::1]:0";
    for (const std::string address :
         {"", "8080", "localhost", ":8080", "localhost:", "localhost:http", "localhost:65536",
          "localhost:-1", "localhost: 1", "::1:80", "[]:80"}) {
        EXPECT_EQ(refusal(address), std::string("cannot listen on ").append(address) + hint);
    }
    EXPECT_EQ(refusal("300.1.1.1:80").substr(0, 31), "cannot listen on 300.1.1.1:80: ");
}

}  // namespace
}  // namespace runnel::mock
