#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "async/call_later.hpp"
#include "base/unique_fd.hpp"
#include "io/descriptor_limit.hpp"
#include "support/network.hpp"
#include "support/tasks.hpp"

// Hosts with several addresses: 127.0.0.1 serves, the others hang or refuse.

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Exchange;
using test::Network;
using test::SilentPort;
using test::TestServer;

constexpr std::uint32_t kSilent = INADDR_LOOPBACK + 1;  // 127.0.0.2

class SeveralAddresses : public testing::Test {
protected:
    /// `h.test` has these addresses.
    void resolve(const std::string& addresses) {
        const std::string rule = "h.test:" + std::to_string(server.port()) + ":" + addresses;
        network.policy.routes.pinned = {http::PinnedAddresses::parse(rule).value()};
    }
    Exchange get() { return network.get(server.url("/", "h.test")); }
    void stop_after(Duration span) {
        test::StopAfter stop(network.loop, span);
        EXPECT_THROW(run(network.loop,
                         test::exchange(network.client, network.policy, server.url("/", "h.test")),
                         stop.token()),
                     Cancelled);
    }

    TestServer server{[](TestServer::Connection& client) {
        if (client.read_request()) {
            client.send(TestServer::ok("hi", "Connection: close\r\n"));
        }
    }};
    SilentPort silent{kSilent, server.port()};
    Network network;
};

TEST_F(SeveralAddresses, ConnectsToTheNextOne) {
    resolve("127.0.0.2,127.0.0.1");
    const Exchange got = get();
    EXPECT_EQ(got.body, "hi") << got.message();
    EXPECT_EQ(got.trace.remote_ip, "127.0.0.1");
    EXPECT_LT(got.trace.namelookup, 250ms);
    EXPECT_GE(got.trace.connect, 250ms);
    EXPECT_GE(got.trace.total, got.trace.connect);
}

TEST_F(SeveralAddresses, ConnectsToTheSameOneNextTime) {
    resolve("127.0.0.2,127.0.0.1");
    EXPECT_EQ(get().body, "hi");
    const Exchange got = get();
    EXPECT_EQ(got.body, "hi");
    EXPECT_LT(got.trace.connect, 200ms);
}

TEST_F(SeveralAddresses, KeepsTheOneThatIsReachedAfterARefusal) {
    resolve("127.0.0.3,127.0.0.1");
    for (int i = 0; i < 3; ++i) {
        const Exchange got = get();
        EXPECT_EQ(got.body, "hi") << got.message();
        EXPECT_LT(got.trace.connect, 200ms);
    }
    EXPECT_EQ(server.connections(), 3U) << "without a probe";
}

TEST_F(SeveralAddresses, ForgetsTheOneThatNoLongerConnects) {
    network.policy.connect_timeout = 600ms;
    resolve("127.0.0.3,127.0.0.1");
    EXPECT_EQ(get().body, "hi");
    resolve("127.0.0.1,127.0.0.2,127.0.0.3");
    EXPECT_EQ(get().body, "hi");
    resolve("127.0.0.2,127.0.0.3");
    const Exchange failed = get();
    EXPECT_EQ(failed.failed_as(), "connect");
    EXPECT_NE(failed.message().find("(tried 127.0.0.2, 127.0.0.3)"), std::string::npos)
        << failed.message();
    resolve("127.0.0.3,127.0.0.1");
    EXPECT_EQ(get().body, "hi");
}

TEST_F(SeveralAddresses, LeavesNothingOpenAfterAStop) {
    resolve("127.0.0.2,127.0.0.4,127.0.0.5");
    const SilentPort last(INADDR_LOOPBACK + 4, server.port());
    const SilentPort another(INADDR_LOOPBACK + 3, server.port());
    stop_after(10ms);  // opens what the client keeps open
    const std::size_t left = raise_descriptor_limit();
    for (const Duration span : {100ms, 300ms, 600ms}) {
        stop_after(span);
        EXPECT_EQ(raise_descriptor_limit(), left);
    }
}

TEST_F(SeveralAddresses, GoesOnWhenThereIsADescriptorAgain) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "UBSan needs descriptors to check an object";
#endif
    resolve("127.0.0.2,127.0.0.1");
    rlimit before = {};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const auto take = call_later(network.loop, 100ms, [before] {
        const UniqueFd lowest(::dup(STDERR_FILENO));
        rlimit low = before;
        low.rlim_cur = static_cast<rlim_t>(lowest.get());
        ::setrlimit(RLIMIT_NOFILE, &low);
    });
    const auto give_back =
        call_later(network.loop, 700ms, [before] { ::setrlimit(RLIMIT_NOFILE, &before); });
    const Exchange got = get();
    ::setrlimit(RLIMIT_NOFILE, &before);
    EXPECT_EQ(got.body, "hi") << got.message();
    EXPECT_GE(got.trace.connect, 700ms);
}

}  // namespace
}  // namespace runnel
