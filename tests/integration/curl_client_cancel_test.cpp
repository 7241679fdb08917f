#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "async/task_group.hpp"
#include "support/network.hpp"
#include "support/tasks.hpp"

// Stops in every phase of an exchange, and dropped responses.

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Exchange;
using test::Network;
using test::Remote;
using test::TestServer;

constexpr const char* kHalfABody = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf";

/// Time limit of a broken test.
Deadline soon() { return Deadline(Clock::now() + 30s); }

/// The network still works.
void expect_usable(Network& network) {
    TestServer server(TestServer::always(TestServer::ok("hi")));
    EXPECT_EQ(network.get(server.url()).body, "hi");
}

Task<void> exchange_into(Network& network, const http::Request& request, Exchange& got,
                         bool& finished) {
    got = co_await test::exchange(network.client, request);
    finished = true;
}

/// Starts an exchange, stops it at \a moment, and waits for \a gone. Returns whether both occurred
/// and the stop ended the exchange.
Task<bool> stop_at(Network& network, const http::Request& request, Event& moment, Event& gone) {
    const Context& context = co_await this_task::context();
    Exchange got;
    bool finished = false;
    TaskGroup group(context);
    group.start(exchange_into(network, request, got, finished));
    const Deadline deadline = soon();
    const bool came = co_await moment.wait_until(deadline);
    group.request_stop();
    co_await group.join();
    const bool closed = co_await gone.wait_until(deadline);
    co_return came&& closed && !finished;
}

TEST(CurlClientCancel, DoesNotConnectAfterAStop) {
    TestServer server(TestServer::always(TestServer::ok("hi")));
    Network network;
    EXPECT_THROW(run(network.loop, test::exchange(network.client, network.policy, server.url()),
                     test::stopped()),
                 Cancelled);
    EXPECT_EQ(server.connections(), 0U);
    const std::string by_name = server.url("/", "name.localhost");
    EXPECT_THROW(
        run(network.loop, test::exchange(network.client, network.policy, by_name), test::stopped()),
        Cancelled);
    EXPECT_EQ(network.get(by_name).body, "hi");
    EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlClientCancel, EndsAConnectionAttempt) {
    const test::SilentPort silent;
    Network network;
    test::StopAfter stop(network.loop, 20ms);
    EXPECT_THROW(run(network.loop, test::exchange(network.client, network.policy, silent.url()),
                     stop.token()),
                 Cancelled);
    expect_usable(network);
}

TEST(CurlClientCancel, ClosesTheConnectionThatWaitsForHeaders) {
    Network network;
    Remote requested(network.loop);
    Remote gone(network.loop);
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.send("HTTP/1.1 200 OK\r\nContent-");
        requested.happen();
        client.wait_until_gone();
        gone.happen();
    });
    const http::Request request = test::request_for(server.url(), network.policy);
    EXPECT_TRUE(run(network.loop, stop_at(network, request, requested.event(), gone.event())));
    expect_usable(network);
}

/// As stop_at, but stops when a piece of the body was read.
Task<void> read_some(Network& network, const http::Request& request, http::Trace& trace,
                     Event& reading) {
    Result<std::unique_ptr<http::Response>> response =
        co_await network.client.send(request, http::SendOptions(), trace);
    EXPECT_TRUE(response.ok());
    const Result<std::string_view> first = co_await (*response)->read();
    EXPECT_EQ(*first, "half");
    reading.set();
    const Result<std::string_view> second = co_await (*response)->read();
    ADD_FAILURE() << "the stop did not come";
}

Task<bool> stop_in_the_body(Network& network, const http::Request& request, http::Trace& trace,
                            Event& gone) {
    const Context& context = co_await this_task::context();
    Event reading;
    TaskGroup group(context);
    group.start(read_some(network, request, trace, reading));
    co_await reading.wait();
    group.request_stop();
    co_await group.join();
    const Deadline deadline = soon();
    co_return co_await gone.wait_until(deadline);
}

TEST(CurlClientCancel, ClosesTheConnectionInTheMiddleOfABodyAndFillsTheTrace) {
    Network network;
    Remote gone(network.loop);
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.send(kHalfABody);
        client.wait_until_gone();
        gone.happen();
    });
    const http::Request request = test::request_for(server.url(), network.policy);
    http::Trace trace;
    EXPECT_TRUE(run(network.loop, stop_in_the_body(network, request, trace, gone.event())));
    EXPECT_EQ(trace.status, 200);
    EXPECT_EQ(trace.size_download, 4U);
    EXPECT_TRUE(trace.total);
    expect_usable(network);
}

/// Gets the headers of a response and drops it.
Task<bool> drop_unread(Network& network, const http::Request& request, Event& gone) {
    http::Trace trace;
    {
        const Result<std::unique_ptr<http::Response>> response =
            co_await network.client.send(request, http::SendOptions(), trace);
        EXPECT_TRUE(response.ok());
    }
    const Deadline deadline = soon();
    co_return co_await gone.wait_until(deadline);
}

TEST(CurlClientCancel, ClosesTheConnectionOfAResponseThatIsDropped) {
    Network network;
    Remote gone(network.loop);
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.send(kHalfABody);
        client.wait_until_gone();
        gone.happen();
    });
    const http::Request request = test::request_for(server.url(), network.policy);
    EXPECT_TRUE(run(network.loop, drop_unread(network, request, gone.event())));
    expect_usable(network);
}

TEST(CurlClientCancel, DropsAPausedResponse) {
    Network network;
    Remote gone(network.loop);
    const std::string body(50'000'000, 'x');
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.send(TestServer::ok(body));
        client.wait_until_gone();
        gone.happen();
    });
    const http::Request request = test::request_for(server.url(), network.policy);
    EXPECT_TRUE(run(network.loop, drop_unread(network, request, gone.event())));
    expect_usable(network);
}

/// Returns whether the exchange was complete at the stop; both are possible.
std::optional<Exchange> race_with_the_end(Network& network, TestServer& server,
                                          const std::stop_token& stop) {
    try {
        return run(network.loop, test::exchange(network.client, network.policy, server.url()),
                   stop);
    } catch (const Cancelled&) {
        return std::nullopt;
    }
}

TEST(CurlClientCancel, MayComeTogetherWithTheEnd) {
    Network network;
    std::stop_source stop;
    TestServer server([&](TestServer::Connection& client) {
        while (client.read_request()) {
            client.send(TestServer::ok("hi"));
            network.loop.call_from_thread([&stop] { stop.request_stop(); });
        }
    });
    for (int i = 0; i < 200; ++i) {
        stop = std::stop_source();
        const std::optional<Exchange> got = race_with_the_end(network, server, stop.get_token());
        if (got) {
            EXPECT_EQ(got->failed_as(), "");
            EXPECT_EQ(got->body, "hi");
        }
    }
    expect_usable(network);
}

/// Two exchanges end in one turn, and the first to be resumed stops the other.
Task<void> stop_the_others(Network& network, const http::Request& request, TaskGroup& group,
                           int& finished) {
    const Exchange got = co_await test::exchange(network.client, request);
    EXPECT_EQ(got.body, "hi");
    ++finished;
    group.request_stop();
}

Task<void> race_side_by_side(Network& network, const http::Request& request, TestServer& server,
                             int& finished) {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    for (int i = 0; i < 10; ++i) {
        group.start(stop_the_others(network, request, group, finished));
    }
    server.open();
    co_await group.join();
}

TEST(CurlClientCancel, MayComeInTheTurnInWhichOthersEnd) {
    for (int round = 0; round < 20; ++round) {
        Network network;
        TestServer server([](TestServer::Connection& client) {
            while (client.read_request() && client.wait_for()) {
                client.send(TestServer::ok("hi"));
            }
        });
        const http::Request request = test::request_for(server.url(), network.policy);
        int finished = 0;
        run(network.loop, race_side_by_side(network, request, server, finished));
        EXPECT_GE(finished, 1);
    }
}

TEST(CurlClientCancel, EndsAPendingLookUp) {
    Network network;
    network.policy.max_time = 1ns;
    const Exchange got = network.get("http://no-such-host.invalid/");
    EXPECT_TRUE(got.failed_as() == "timeout" || got.failed_as() == "dns") << got.failed_as();
    network.policy.max_time = Duration::zero();
    expect_usable(network);
}

}  // namespace
}  // namespace runnel
