#include "io/tcp.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "async/gather.hpp"
#include "async/run.hpp"
#include "support/byte_streams.hpp"
#include "support/descriptors.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Connection = Result<std::unique_ptr<TcpStream>>;

std::unique_ptr<TcpServer> listening(Loop& loop, const std::string& host) {
    return TcpServer::listen(loop, host, 0).value();
}

/// Both ends of one connection.
std::pair<std::unique_ptr<TcpStream>, std::unique_ptr<TcpStream>> connected(Loop& loop,
                                                                            TcpServer& server,
                                                                            std::string host) {
    auto both = run(loop, gather(TcpStream::connect(loop, host, server.port()), server.accept()));
    return {std::move(std::get<0>(both)).value(), std::move(std::get<1>(both)).value()};
}

void expect_talk(const std::string& listen_on, const std::string& connect_to) {
    Loop loop;
    const auto server = listening(loop, listen_on);
    auto [client, peer] = connected(loop, *server, connect_to);
    EXPECT_EQ(client->peer().to_string(), server->address().to_string());
    EXPECT_EQ(client->local().to_string(), peer->peer().to_string());
    ASSERT_TRUE(run(loop, client->write("question")).ok());
    EXPECT_EQ(run(loop, peer->read()).value(), "question");
    ASSERT_TRUE(run(loop, peer->write("answer")).ok());
    ASSERT_TRUE(run(loop, peer->close_write()).ok());
    EXPECT_EQ(run(loop, test::take_all(*client)), "answer");
    ASSERT_TRUE(run(loop, client->close_write()).ok());
    EXPECT_EQ(run(loop, test::take_all(*peer)), "");
}

TEST(Tcp, TalksOverIpv4) { expect_talk("127.0.0.1", "127.0.0.1"); }

bool has_ipv6() {
    Loop loop;
    return TcpServer::listen(loop, "::1", 0).ok();
}

TEST(Tcp, TalksOverIpv6) {
    if (!has_ipv6()) {
        GTEST_SKIP() << "IPv6 is not available";
    }
    expect_talk("::1", "::1");
}

TEST(Tcp, TriesTheOtherLoopbackOfLocalhost) {
    expect_talk("localhost", "localhost");
    if (!has_ipv6()) {
        GTEST_SKIP() << "IPv6 is not available";
    }
    expect_talk("::1", "LocalHost");
}

TEST(Tcp, TransfersManyBytesInBothDirections) {
    constexpr std::size_t kMuch = std::size_t{4} << 20;
    Loop loop;
    const auto server = listening(loop, "127.0.0.1");
    auto [client, peer] = connected(loop, *server, "127.0.0.1");
    auto send = [](ByteStream& stream, char letter) -> Task<std::string> {
        const Result<void> sent = co_await stream.write(std::string(kMuch, letter));
        EXPECT_TRUE(sent.ok());
        const Result<void> closed = co_await stream.close_write();
        EXPECT_TRUE(closed.ok());
        co_return std::string();
    };
    const auto got = run(loop, gather(test::take_all(*client), test::take_all(*peer),
                                      send(*client, 'c'), send(*peer, 'p')));
    EXPECT_EQ(std::get<0>(got), std::string(kMuch, 'p'));
    EXPECT_EQ(std::get<1>(got), std::string(kMuch, 'c'));
}

TEST(Tcp, RefusesAHostName) {
    Loop loop;
    const Connection failed = run(loop, TcpStream::connect(loop, "example.com", 80));
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().error_class(), ErrorClass::BadInput);
    EXPECT_NE(failed.error().message().find("'example.com'"), std::string::npos);
    EXPECT_EQ(TcpServer::listen(loop, "example.com", 0).error().error_class(),
              ErrorClass::BadInput);
}

TEST(Tcp, ReportsARefusedConnection) {
    Loop loop;
    auto server = listening(loop, "127.0.0.1");
    const std::uint16_t port = server->port();
    server.reset();
    const Connection failed = run(loop, TcpStream::connect(loop, "127.0.0.1", port));
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().error_class(), ErrorClass::Connect);
    EXPECT_EQ(failed.error().code(), ECONNREFUSED);
}

TEST(Tcp, ReportsThatAPortIsInUse) {
    Loop loop;
    const auto server = listening(loop, "127.0.0.1");
    const auto second = TcpServer::listen(loop, "127.0.0.1", server->port());
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code(), EADDRINUSE);
    EXPECT_NE(second.error().message().find(server->address().to_string()), std::string::npos);
}

/// A listening socket whose queue is full: the next connection is neither accepted nor refused.
class FullQueue {
public:
    FullQueue() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        SocketAddress address = SocketAddress::of_host("127.0.0.1", 0)->front();
        socklen_t size = sizeof(sockaddr_in);
        RUNNEL_ENSURE(::bind(listener_.get(), address.raw(), size) == 0, "bind");
        RUNNEL_ENSURE(::listen(listener_.get(), 0) == 0, "listen");
        RUNNEL_ENSURE(::getsockname(listener_.get(), address.raw(), &size) == 0, "getsockname");
        port = address.port();
        for (UniqueFd& caller : callers_) {
            caller = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            static_cast<void>(::connect(caller.get(), address.raw(), size));
        }
    }

    std::uint16_t port = 0;

private:
    UniqueFd listener_;
    std::array<UniqueFd, 4> callers_;
};

TEST(Tcp, GivesUpConnectingAtTheDeadlineAndWhenStopped) {
    const FullQueue queue;
    Loop loop;
    const Deadline soon(loop.now() + 10ms);
    const Connection late = run(loop, TcpStream::connect(loop, "127.0.0.1", queue.port, soon));
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().error_class(), ErrorClass::Connect);
    EXPECT_EQ(late.error().code(), ETIMEDOUT);
    const test::StopAfter stop(loop, 10ms);
    EXPECT_THROW(static_cast<void>(
                     run(loop, TcpStream::connect(loop, "127.0.0.1", queue.port), stop.token())),
                 Cancelled);
}

TEST(Tcp, LosesNoConnectionWhenAnAcceptIsStopped) {
    Loop loop;
    const auto server = listening(loop, "127.0.0.1");
    const test::StopAfter stop(loop, 5ms);
    EXPECT_THROW(static_cast<void>(run(loop, server->accept(), stop.token())), Cancelled);
    auto client = run(loop, TcpStream::connect(loop, "127.0.0.1", server->port())).value();
    EXPECT_THROW(static_cast<void>(run(loop, server->accept(), test::stopped())), Cancelled);
    ASSERT_TRUE(run(loop, client->write("here")).ok());
    const Connection peer = run(loop, server->accept());
    EXPECT_EQ(run(loop, peer.value()->read()).value(), "here");
}

TEST(Tcp, AcceptsSeveralConnections) {
    Loop loop;
    const auto server = listening(loop, "127.0.0.1");
    std::vector<std::unique_ptr<TcpStream>> clients;
    clients.reserve(20);
    for (int i = 0; i < 20; ++i) {
        clients.push_back(run(loop, TcpStream::connect(loop, "127.0.0.1", server->port())).value());
    }
    for (int i = 0; i < 20; ++i) {
        const Connection peer = run(loop, server->accept());
        ASSERT_TRUE(peer.ok());
    }
}

TEST(Tcp, ReportsAReset) {
    Loop loop;
    const auto server = listening(loop, "127.0.0.1");
    auto [client, peer] = connected(loop, *server, "127.0.0.1");
    ASSERT_TRUE(run(loop, client->write("unread")).ok());
    run(loop, test::done_after(5ms));
    peer.reset();
    const Result<std::string> bytes = run(loop, client->read());
    ASSERT_FALSE(bytes.ok());
    EXPECT_EQ(bytes.error().error_class(), ErrorClass::Truncated);
    EXPECT_EQ(bytes.error().code(), ECONNRESET);
    EXPECT_EQ(bytes.error().message().substr(0, 10), "127.0.0.1:");
}

TEST(Tcp, ClosesAConnectionThatWasNotAccepted) {
    Loop loop;
    auto server = listening(loop, "127.0.0.1");
    auto client = run(loop, TcpStream::connect(loop, "127.0.0.1", server->port())).value();
    run(loop, test::done_after(5ms));
    server.reset();
    const Result<std::string> bytes = run(loop, client->read());
    EXPECT_TRUE(!bytes.ok() || bytes->empty());
}

}  // namespace
}  // namespace runnel
