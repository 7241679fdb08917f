#include <chrono>
#include <future>
#include <semaphore>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "async/task_group.hpp"
#include "support/network.hpp"
#include "support/tasks.hpp"

// Connections that break or become silent, and timeouts.

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Exchange;
using test::Network;
using test::Remote;
using test::TestServer;

constexpr const char* kHalfABody = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";

/// Returns the result when the server reads the request, sends \a bytes and resets.
Exchange reset_after(std::string bytes) {
    TestServer server([&bytes](TestServer::Connection& client) {
        if (client.read_request()) {
            client.send(bytes);
            client.reset();
        }
    });
    Network network;
    return network.get(server.url());
}

TEST(CurlClientFailures, ReportsARefusedConnection) {
    const test::RefusingPort refusing;
    Network network;
    const Exchange got = network.get(refusing.url());
    EXPECT_EQ(got.failed_as(), "connect");
    EXPECT_EQ(got.trace.curl_code, 7);
    EXPECT_EQ(got.trace.status, 0);
}

TEST(CurlClientFailures, DistinguishesResetsBeforeAndInTheResponse) {
    TestServer server([](TestServer::Connection& client) { client.reset(); });
    Network network;
    EXPECT_EQ(network.get(server.url()).failed_as(), "connect");
    EXPECT_EQ(reset_after("").failed_as(), "connect");
    EXPECT_EQ(reset_after("HTTP/1.1 200 OK\r\nContent-Le").failed_as(), "connect");
    EXPECT_EQ(reset_after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n").failed_as(), "truncated");
    EXPECT_EQ(
        reset_after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab").failed_as(),
        "truncated");
    EXPECT_EQ(reset_after("HTTP/1.1 200 OK\r\n\r\nno length").failed_as(), "truncated");
}

TEST(CurlClientFailures, IgnoresAResetAfterTheEndOfTheBody) {
    const Exchange got = reset_after(TestServer::ok("whole"));
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "whole");
}

/// Blocks the loop until the server has finished, so that the data and the following event are seen
/// at once.
Task<void> look_away(Remote& requested, TestServer& server, std::binary_semaphore& done) {
    co_await requested.event().wait();
    server.open();
    done.acquire();
}

Task<Exchange> exchange_while_looking_away(Network& network, const http::Request& request,
                                           Remote& requested, TestServer& server,
                                           std::binary_semaphore& done) {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group.start(look_away(requested, server, done));
    Exchange got = co_await test::exchange(network.client, request);
    co_await group.join();
    co_return got;
}

Exchange sees_at_once(std::string bytes, void (TestServer::Connection::*ending)()) {
    Network network;
    Remote requested(network.loop);
    std::binary_semaphore done(0);
    TestServer server([&](TestServer::Connection& client) {
        if (client.read_request()) {
            requested.happen();
            if (client.wait_for()) {
                client.send(bytes);
                (client.*ending)();
                done.release();
            }
        }
    });
    const http::Request request = test::request_for(server.url(), network.policy);
    return run(network.loop,
               exchange_while_looking_away(network, request, requested, server, done));
}

TEST(CurlClientFailures, KeepsDataBeforeAReset) {
    const Exchange got = sees_at_once(kHalfABody, &TestServer::Connection::reset);
    EXPECT_EQ(got.failed_as(), "truncated");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, "half");
}

TEST(CurlClientFailures, KeepsALongBodyBeforeAReset) {
    const std::string half(50'000, 'x');
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";
    const Exchange got = sees_at_once(head + half, &TestServer::Connection::reset);
    EXPECT_EQ(got.failed_as(), "truncated");
    EXPECT_EQ(got.body, half);
}

TEST(CurlClientFailures, KeepsACompleteResponseBeforeAReset) {
    const Exchange got = sees_at_once(TestServer::ok("whole"), &TestServer::Connection::reset);
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "whole");
}

TEST(CurlClientFailures, KeepsDataBeforeTheEnd) {
    const Exchange got = sees_at_once(kHalfABody, &TestServer::Connection::close);
    EXPECT_EQ(got.failed_as(), "truncated");
    EXPECT_EQ(got.body, "half");
}

TEST(CurlClientFailures, LimitsTheTimeToConnect) {
    const test::SilentPort silent;
    Network network;
    network.policy.connect_timeout = 50ms;
    const TimePoint start = Clock::now();
    const Exchange got = network.get(silent.url());
    EXPECT_EQ(got.failed_as(), "connect");
    EXPECT_EQ(got.trace.curl_code, 28);
    EXPECT_GE(Clock::now() - start, 50ms);
    EXPECT_LT(Clock::now() - start, 10s);
}

TEST(CurlClientFailures, CountsTheConnectionAsPartOfTheAttempt) {
    const test::SilentPort silent;
    Network network;
    network.policy.max_time = 50ms;
    EXPECT_EQ(network.get(silent.url()).failed_as(), "timeout");
}

TEST(CurlClientFailures, DoesNotConfuseAnEarlierConnectionOfTheHandle) {
    TestServer server(TestServer::always(TestServer::ok("hi")));
    const test::SilentPort silent;
    Network network;
    network.policy.connect_timeout = 50ms;
    EXPECT_EQ(network.get(server.url()).failed_as(), "");
    EXPECT_EQ(network.get(silent.url()).failed_as(), "connect");
}

TEST(CurlClientFailures, CountsSilenceFromTheConnectionOn) {
    TestServer server([](TestServer::Connection& client) { client.wait_until_gone(); });
    Network network;
    network.policy.connect_timeout = 10s;
    network.policy.idle_timeout = 100ms;
    const TimePoint start = Clock::now();
    EXPECT_EQ(network.get(server.url()).failed_as(), "idle");
    EXPECT_GE(Clock::now() - start, 100ms);
    EXPECT_LT(Clock::now() - start, 5s);
}

TEST(CurlClientFailures, DoesNotCountSilenceBeforeTheConnection) {
    const test::SilentPort silent;
    Network network;
    network.policy.idle_timeout = 50ms;
    network.policy.connect_timeout = 300ms;
    const TimePoint start = Clock::now();
    EXPECT_EQ(network.get(silent.url()).failed_as(), "connect");
    EXPECT_GE(Clock::now() - start, 300ms);
}

TEST(CurlClientFailures, EndsASilentBodyAndKeepsItsData) {
    TestServer server([](TestServer::Connection& client) {
        client.read_request();
        client.send(kHalfABody);
        client.wait_until_gone();
    });
    Network network;
    network.policy.idle_timeout = 100ms;
    const Exchange silent = network.get(server.url());
    EXPECT_EQ(silent.failed_as(), "idle");
    EXPECT_EQ(silent.body, "half");
    network.policy.idle_timeout = 30s;
    network.policy.max_time = 100ms;
    const Exchange late = network.get(server.url());
    EXPECT_EQ(late.failed_as(), "timeout");
    EXPECT_EQ(late.body, "half");
    EXPECT_EQ(late.trace.status, 200);
}

/// Sends a byte at a time, with pauses.
void drip(TestServer::Connection& client) {
    if (client.read_request()) {
        client.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n");
        for (int i = 0; i < 8; ++i) {
            std::this_thread::sleep_for(100ms);
            client.send("x");
        }
        client.wait_until_gone();
    }
}

TEST(CurlClientFailures, AcceptsASlowServer) {
    TestServer server(drip);
    Network network;
    network.policy.idle_timeout = 700ms;
    const Exchange got = network.get(server.url());
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "xxxxxxxx");
}

TEST(CurlClientFailures, TreatsZeroAsNoLimit) {
    TestServer server(drip);
    Network network;
    network.policy.connect_timeout = Duration::zero();
    network.policy.idle_timeout = Duration::zero();
    network.policy.max_time = Duration::zero();
    EXPECT_EQ(network.get(server.url()).failed_as(), "");
}

}  // namespace
}  // namespace runnel
