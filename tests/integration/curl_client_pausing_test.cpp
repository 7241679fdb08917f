#include <atomic>
#include <chrono>
#include <memory>
#include <string>

#include <fmt/format.h>
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

/// More than the socket buffers can hold at their maximum.
constexpr std::size_t kLargeBody = 50'000'000;
constexpr std::size_t kBuffers = 20'000'000;
/// More than the client buffers before it pauses.
constexpr std::size_t kPausingBody = 3'000'000;

/// Numbered lines, so that a lost, repeated or misplaced byte is detected.
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
    got.trace.admit(network.loop.now(), network.loop.now());
    Result<std::unique_ptr<http::Response>> response =
        co_await network.client.send(request, http::SendOptions(), got.trace);
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

TEST(CurlClientPausing, PausesTheServerWithoutAReader) {
    const std::string body = numbered_lines(kLargeBody);
    const std::string answer = TestServer::ok(body);
    Network network;
    Remote stalled(network.loop);
    std::atomic<std::size_t> sent_before_reading = 0;
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.send_until_stalled(answer, 300ms);
        const std::size_t taken = client.sent();
        sent_before_reading = taken;
        stalled.happen();
        client.send(std::string_view(answer).substr(taken));
        client.wait_until_gone();
    });
    const http::Request request = test::request_for(server.url(), network.policy);
    std::uint64_t turns = 0;
    Exchange got;
    {
        const auto counting =
            network.loop.before_wait([&] { turns += stalled.event().is_set() ? 0U : 1U; });
        got = run(network.loop, read_from(network, request, stalled.event()));
    }
    EXPECT_GT(sent_before_reading, 0U);
    EXPECT_LT(sent_before_reading, kBuffers);
    EXPECT_LT(turns, 1000U);
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_TRUE(got.body == body);
}

/// Gets the headers, waits for \a moment, drops the response and returns how much of the body was
/// received.
Task<std::uint64_t> take_unread(Network& network, const http::Request& request, Event& moment) {
    http::Trace trace;
    {
        const Result<std::unique_ptr<http::Response>> response =
            co_await network.client.send(request, http::SendOptions(), trace);
        EXPECT_TRUE(response.ok());
        co_await moment.wait();
    }
    co_return trace.size_download;
}

TEST(CurlClientPausing, BuffersLittleWithoutAReader) {
    constexpr std::uint64_t kAhead = 64 * 1024;
    constexpr std::uint64_t kOneRead = 16 * 1024;
    const std::string plain = TestServer::ok(std::string(kPausingBody, 'x'));
    std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int i = 0; i < 10'000; ++i) {
        chunked += "64\r\n" + std::string(100, 'x') + "\r\n";
    }
    for (const std::string& answer : {plain, chunked}) {
        Network network;
        Remote stalled(network.loop);
        TestServer server([&](TestServer::Connection& client) {
            client.read_request();
            client.send_until_stalled(answer, 100ms);
            stalled.happen();
            client.wait_until_gone();
        });
        const http::Request request = test::request_for(server.url(), network.policy);
        EXPECT_LE(run(network.loop, take_unread(network, request, stalled.event())),
                  kAhead + 2 * kOneRead);
    }
}

Task<std::size_t> read_slowly(Network& network, const http::Request& request,
                              const std::string& expected) {
    http::Trace trace;
    Result<std::unique_ptr<http::Response>> response =
        co_await network.client.send(request, http::SendOptions(), trace);
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

TEST(CurlClientPausing, LosesNothingOfChunks) {
    const std::string body = numbered_lines(3'000'000);
    std::string answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    std::size_t size = 1;
    for (std::size_t at = 0; at < body.size(); at += size, size = size * 7 % 10'007) {
        const std::string_view chunk = std::string_view(body).substr(at, size);
        answer += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    }
    TestServer server(TestServer::always(answer + "0\r\n\r\n"));
    Network network;
    const http::Request request = test::request_for(server.url(), network.policy);
    EXPECT_EQ(run(network.loop, read_slowly(network, request, body)), body.size());
    EXPECT_EQ(run(network.loop, read_slowly(network, request, body)), body.size());
    EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlClientPausing, EndsABodyThatFillsTheBufferToAnyDegree) {
    Network network;
    TestServer server([](TestServer::Connection& client) {
        while (const auto request = client.read_request()) {
            // GET /<form>/<size>
            const std::size_t size = std::stoul(request->substr(7));
            const std::string body(size, 'x');
            switch (request->at(5)) {
                case 'l': client.send(TestServer::ok(body)); break;
                case 'c':
                    client.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                fmt::format("{:x}\r\n{}\r\n0\r\n\r\n", size, body));
                    break;
                default: client.send("HTTP/1.0 200 OK\r\n\r\n" + body); return;
            }
        }
    });
    for (const char* form : {"/l/", "/c/", "/e/"}) {
        for (std::size_t size = 64'000; size < 102'000; size += 1511) {
            const http::Request request =
                test::request_for(server.url(form + std::to_string(size)), network.policy);
            const Exchange got = run(network.loop, read_after(network, request, 5ms));
            ASSERT_EQ(got.failed_as(), "") << form << size;
            ASSERT_EQ(got.body.size(), size) << form;
        }
    }
    EXPECT_LE(server.connections(), 30U);  // one of the first two forms, and one each of the last
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

/// Reads to the end and returns the class of the failure.
Task<std::string> read_on(Network& network, const http::Request& request) {
    http::Trace trace;
    trace.admit(network.loop.now(), network.loop.now());
    Result<std::unique_ptr<http::Response>> response =
        co_await network.client.send(request, http::SendOptions(), trace);
    EXPECT_TRUE(response.ok());
    for (;;) {
        const Result<std::string_view> piece = co_await (*response)->read();
        if (!piece) {
            co_return std::string(to_string(piece.error().error_class()));
        }
        if (piece->empty()) {
            co_return "";
        }
    }
}

TEST(CurlClientPausing, LimitsTheTimeOfAFastServer) {
    const TimePoint enough = Clock::now() + 5s;
    TestServer server([enough](TestServer::Connection& client) {
        client.read_request();
        client.send("HTTP/1.1 200 OK\r\n\r\n");
        const std::string more(1'000'000, 'x');
        while (Clock::now() < enough && client.send(more)) {
        }
    });
    Network network;
    network.policy.max_time = 300ms;
    const http::Request request = test::request_for(server.url(), network.policy);
    EXPECT_EQ(run(network.loop, read_on(network, request)), "timeout");
    EXPECT_LT(Clock::now(), enough);
}

/// Sends half of its Content-Length.
void send_half(TestServer::Connection& client) {
    client.read_request();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 6000000\r\n\r\n");
    client.send(std::string(kPausingBody, 'x'));
    client.wait_until_gone();
}

TEST(CurlClientPausing, RestartsTheClocksAfterAPause) {
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

TEST(CurlClientPausing, DetectsAConnectionThatBrokeDuringAPause) {
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

TEST(CurlClientPausing, DoesNotSpinOnAConnectionThatBrokeDuringAPause) {
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
