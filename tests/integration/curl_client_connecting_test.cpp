#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "async/call_later.hpp"
#include "support/network.hpp"

// Notifications about connections, and how to abort a hop before it has one.

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Network;
using test::TestServer;

class Connecting : public testing::Test, public http::HopListener {
protected:
    void exchange_changed(http::Exchange* current) noexcept override { exchange = current; }
    void connected() noexcept override {
        ++connections;
        requests_before = server.requests();
    }
    Task<std::optional<Error>> ask(std::string url) {
        const http::Request request = test::request_for(url, network.policy);
        const TimePoint now = network.loop.now();
        trace = http::Trace();
        http::SendOptions options;
        options.listener = this;
        trace.admit(now, now);
        Result<std::unique_ptr<http::Response>> response =
            co_await network.client.send(request, options, trace);
        if (!response) {
            co_return response.error();
        }
        first_byte = (*response)->first_byte();
        co_await http::discard(**response);
        co_return std::nullopt;
    }

    TestServer server{[](TestServer::Connection& client) {
        while (client.read_request()) {
            std::this_thread::sleep_for(20ms);
            client.send(TestServer::ok("hi"));
        }
    }};
    Network network;
    http::Trace trace;
    http::Exchange* exchange = nullptr;
    std::size_t connections = 0;
    std::size_t requests_before = 0;
    Duration first_byte{};
};

TEST_F(Connecting, NotifiesOfNewAndReusedConnections) {
    EXPECT_FALSE(run(network.loop, ask(server.url())));
    EXPECT_EQ(connections, 1U);
    EXPECT_EQ(requests_before, 0U) << "notified before the request went out";
    EXPECT_FALSE(run(network.loop, ask(server.url())));
    EXPECT_EQ(connections, 2U);
    EXPECT_EQ(requests_before, 1U);
    EXPECT_EQ(server.connections(), 1U);
}

TEST_F(Connecting, DoesNotNotifyOfFailedConnections) {
    const test::RefusingPort refusing;
    EXPECT_TRUE(run(network.loop, ask(refusing.url())));
    EXPECT_EQ(connections, 0U);
    EXPECT_EQ(exchange, nullptr);
}

TEST_F(Connecting, CanBeAborted) {
    const test::SilentPort silent;
    const DelayedCall call = call_later(
        network.loop, 50ms, [this] { exchange->abort(Error(ErrorClass::HostDown, "enough", 7)); });
    const TimePoint began = network.loop.now();
    const std::optional<Error> failure = run(network.loop, ask(silent.url()));
    EXPECT_EQ(failure->error_class(), ErrorClass::HostDown);
    EXPECT_EQ(failure->message(), "enough");
    EXPECT_LT(network.loop.now() - began, 5s);
    EXPECT_EQ(exchange, nullptr);
    EXPECT_EQ(trace.curl_code, 7);
}

TEST_F(Connecting, IsNotPartOfTheTimeToTheFirstByte) {
    EXPECT_FALSE(run(network.loop, ask(server.url())));
    EXPECT_GE(first_byte, 20ms);
    EXPECT_LE(first_byte, *trace.starttransfer - *trace.pretransfer + 1us);
}

}  // namespace
}  // namespace runnel
