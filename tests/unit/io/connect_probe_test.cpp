#include "io/connect_probe.hpp"

#include <sys/resource.h>

#include <cerrno>
#include <chrono>
#include <memory>

#include <gtest/gtest.h>

#include "async/event.hpp"
#include "async/run.hpp"
#include "io/descriptor_limit.hpp"
#include "io/tcp.hpp"
#include "support/test_server.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

Task<bool> wait_for(Event& event) {
    const Deadline deadline(Clock::now() + 30s);
    co_return co_await event.wait_until(deadline);
}

SocketAddress address_of(const std::string& host, std::uint16_t port) {
    return SocketAddress::of_host(host, port).value().front();
}

class ConnectProbes : public testing::Test {
protected:
    std::unique_ptr<ConnectProbe> begin(const SocketAddress& address) {
        return probe_tcp(loop, address, [this] { ended.set(); }).value();
    }
    /// Waits for the end, unless it has ended already.
    int result_of(const ConnectProbe& probe) {
        EXPECT_TRUE(probe.result() || run(loop, wait_for(ended)));
        return probe.result().value_or(-1);
    }

    Loop loop;
    Event ended;
};

TEST_F(ConnectProbes, Connects) {
    const auto server = TcpServer::listen(loop, "127.0.0.1", 0).value();
    const auto probe = begin(server->address());
    EXPECT_EQ(result_of(*probe), 0);
}

TEST_F(ConnectProbes, ReportsARefusal) {
    const SocketAddress address = TcpServer::listen(loop, "127.0.0.1", 0).value()->address();
    const auto probe = begin(address);
    EXPECT_EQ(result_of(*probe), ECONNREFUSED);
}

TEST_F(ConnectProbes, ReportsAnAddressWithoutARoute) {
    const auto probe = begin(address_of("255.255.255.255", 80));
    EXPECT_GT(result_of(*probe), 0);
}

TEST_F(ConnectProbes, ClosesItsSocketAtAnyTime) {
    std::uint16_t port = 0;
    const UniqueFd listener = test::TestServer::listen_on_loopback(port);
    const SocketAddress address = address_of("127.0.0.1", port);
    const std::size_t left = raise_descriptor_limit();
    {
        const auto probe = begin(address);
        const auto connected = begin(address);
        EXPECT_EQ(result_of(*connected), 0);
        EXPECT_EQ(raise_descriptor_limit(), left - 2);
    }
    EXPECT_EQ(raise_descriptor_limit(), left);
}

TEST_F(ConnectProbes, FailsWithoutDescriptors) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "UBSan needs descriptors to check an object";
#endif
    rlimit before = {};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    rlimit none = before;
    none.rlim_cur = 0;
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto probe = probe_tcp(loop, address_of("127.0.0.1", 80), [] {});
    ::setrlimit(RLIMIT_NOFILE, &before);
    ASSERT_FALSE(probe.ok());
    EXPECT_EQ(probe.error().error_class(), ErrorClass::Internal);
    EXPECT_EQ(probe.error().code(), EMFILE);
}

}  // namespace
}  // namespace runnel
