#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "support/network.hpp"

// Readers that are slower than the server.

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Exchange;
using test::Network;
using test::Remote;
using test::TestServer;

/// More than the sockets can hold, whatever the system grows their buffers to.
constexpr std::size_t kLargeBody = 50'000'000;
constexpr std::size_t kBuffers = 20'000'000;
/// More than the client takes before it pauses.
constexpr std::size_t kPausingBody = 1'000'000;

/// Numbered lines, so that a lost, doubled or misplaced byte shows.
std::string numbered_lines(std::size_t size) {
    std::string lines;
    lines.reserve(size + 16);
    for (int i = 0; lines.size() < size; ++i) {
        lines += std::to_string(i) + '\n';
    }
    return lines;
}

/// Reads nothing until \a moment, then all.
Task<Exchange> read_from(Network& network, const http::Request& request, Event& moment) {
    Exchange got;
    got.trace.started = network.loop.now();
    const Deadline attempt_by = Deadline::after(network.loop.now(), network.policy.max_time);
    Result<std::unique_ptr<http::Response>> response =
        co_await network.client.send(request, got.trace, attempt_by);
    if (!response) {
        got.failure = response.error();
        co_return got;
    }
    co_await moment.wait();
    co_await test::read_to_end(**response, got);
    response->reset();
    co_return got;
}

Task<void> set_after(Duration span, Event& event) {
    co_await sleep_for(span);
    event.set();
}

/// Reads nothing for \a span, then all.
Task<Exchange> read_after(Network& network, const http::Request& request, Duration span) {
    const Context& context = co_await this_task::context();
    Event moment;
    TaskGroup group(context);
    group.start(set_after(span, moment));
    Exchange got = co_await read_from(network, request, moment);
    co_await group.join();
    co_return got;
}

TEST(CurlClientPausing, HoldsTheServerBackWhileNobodyReads) {
    const std::string body = numbered_lines(kLargeBody);
    const std::string answer = TestServer::ok(body);
    Network network;
    Remote stalled(network.loop);
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.send_until_stalled(answer, 300ms);
        const std::size_t taken = client.sent();
        stalled.happen();
        client.send(std::string_view(answer).substr(taken));
        client.wait_until_gone();
    });
    const http::Request request = test::request_for(server.url(), network.policy);
    std::uint64_t sent_before_reading = 0;
    std::uint64_t turns = 0;
    Exchange got;
    {
        const auto counting = network.loop.before_wait([&] {
            if (!stalled.event().is_set()) {
                ++turns;
                sent_before_reading = server.sent();
            }
        });
        got = run(network.loop, read_from(network, request, stalled.event()));
    }
    EXPECT_GT(sent_before_reading, 0U);
    EXPECT_LT(sent_before_reading, kBuffers);
    EXPECT_LT(turns, 1000U);
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_TRUE(got.body == body);
}

Task<std::size_t> read_slowly(Network& network, const http::Request& request,
                              const std::string& expected) {
    http::Trace trace;
    Result<std::unique_ptr<http::Response>> response =
        co_await network.client.send(request, trace, Deadline::never());
    EXPECT_TRUE(response.ok());
    std::size_t at = 0;
    for (;;) {
        const Result<std::string_view> piece = co_await (*response)->read();
        EXPECT_TRUE(piece.ok());
        if (!piece || piece->empty()) {
            co_return at;
        }
        EXPECT_TRUE(*piece == std::string_view(expected).substr(at, piece->size()));
        at += piece->size();
        const Duration rest = at % 7 == 0 ? 1ms : 0ms;
        co_await sleep_for(rest);
    }
}

TEST(CurlClientPausing, LosesNothingAtAnyPause) {
    const std::string body = numbered_lines(3'000'000);
    TestServer server(TestServer::always(TestServer::ok(body)));
    Network network;
    const http::Request request = test::request_for(server.url(), network.policy);
    EXPECT_EQ(run(network.loop, read_slowly(network, request, body)), body.size());
    EXPECT_EQ(run(network.loop, read_slowly(network, request, body)), body.size());
    EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlClientPausing, StopsTheClocksOfTheAttemptAndOfSilence) {
    TestServer server(TestServer::always(TestServer::ok(std::string(kPausingBody, 'x'))));
    Network network;
    network.policy.max_time = 600ms;
    network.policy.idle_timeout = 600ms;
    const http::Request request = test::request_for(server.url(), network.policy);
    const Exchange got = run(network.loop, read_after(network, request, 1500ms));
    EXPECT_EQ(got.failed_as(), "") << got.message();
    EXPECT_EQ(got.body.size(), kPausingBody);
}

/// Sends half of what it promised.
void send_half(TestServer::Connection& client) {
    client.read_request();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n");
    client.send(std::string(kPausingBody, 'x'));
    client.wait_until_gone();
}

TEST(CurlClientPausing, LetsTheClocksGoOnAfterAPause) {
    TestServer server(send_half);
    Network network;
    network.policy.max_time = 600ms;
    const http::Request request = test::request_for(server.url(), network.policy);
    const Exchange late = run(network.loop, read_after(network, request, 100ms));
    EXPECT_EQ(late.failed_as(), "timeout");
    EXPECT_EQ(late.body.size(), kPausingBody);
    network.policy.max_time = Duration::zero();
    network.policy.idle_timeout = 200ms;
    const Exchange silent = run(network.loop, read_after(network, request, 100ms));
    EXPECT_EQ(silent.failed_as(), "idle");
    EXPECT_EQ(silent.body.size(), kPausingBody);
}

TEST(CurlClientPausing, FindsAConnectionThatBrokeMeanwhile) {
    Network network;
    Remote broken(network.loop);
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.send_until_stalled(TestServer::ok(std::string(kLargeBody, 'x')), 100ms);
        client.reset();
        broken.happen();
    });
    const http::Request request = test::request_for(server.url(), network.policy);
    const Exchange got = run(network.loop, read_from(network, request, broken.event()));
    EXPECT_EQ(got.failed_as(), "truncated");
    EXPECT_GT(got.body.size(), 0U);
    EXPECT_LT(got.body.size(), kLargeBody);
}

TEST(CurlClientPausing, DoesNotSpinOnAConnectionThatBrokeWhileNobodyReads) {
    Network network;
    Remote broken(network.loop);
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.send_until_stalled(TestServer::ok(std::string(kLargeBody, 'x')), 100ms);
        client.reset();
        broken.happen();
    });
    const http::Request request = test::request_for(server.url(), network.policy);
    int turns = 0;
    {
        const auto counting = network.loop.before_wait([&] {
            if (broken.event().is_set()) {
                ++turns;
            }
        });
        run(network.loop, read_after(network, request, 600ms));
    }
    EXPECT_LT(turns, 1000);
}

}  // namespace
}  // namespace runnel
