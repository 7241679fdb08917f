#include <dirent.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "support/network.hpp"

// Connections that are reused, closed, or made for very many hosts.

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Exchange;
using test::Network;
using test::Remote;
using test::TestServer;

std::size_t open_descriptors() {
    std::size_t count = 0;
    DIR* const all = ::opendir("/proc/self/fd");
    while (::readdir(all) != nullptr) {
        ++count;
    }
    ::closedir(all);
    return count;
}

TEST(CurlClientConnections, UsesOneForManyRequests) {
    constexpr std::size_t kRequests = 2000;
    TestServer server(TestServer::always(TestServer::ok("hi")));
    Network network;
    for (std::size_t i = 0; i < kRequests; ++i) {
        ASSERT_EQ(network.get(server.url()).body, "hi");
    }
    EXPECT_EQ(server.requests(), kRequests);
    EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlClientConnections, UsesOneForEveryMethodAndEmptyBodies) {
    TestServer server(TestServer::always("HTTP/1.1 204 No Content\r\n\r\n"));
    Network network;
    for (const char* method : {"GET", "POST", "DELETE", "HEAD", "GET"}) {
        http::Request request = test::request_for(server.url(), network.policy);
        request.method = method;
        EXPECT_EQ(network.send(request).status, 204);
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlClientConnections, DoesNotReuseConnectionsThatTheServerCloses) {
    TestServer server(TestServer::always(TestServer::ok("hi", "Connection: close\r\n")));
    Network network;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(network.get(server.url()).body, "hi");
    }
    EXPECT_EQ(server.connections(), 3U);
}

Task<void> wait_for(Event& event) { co_await event.wait(); }

TEST(CurlClientConnections, ReplacesOneThatWasClosedBetweenRequests) {
    for (const auto ending : {&TestServer::Connection::close, &TestServer::Connection::reset}) {
        Network network;
        Remote ended(network.loop);
        TestServer server([&](TestServer::Connection& client) {
            while (client.read_request()) {
                client.send(TestServer::ok("hi"));
                if (client.number() == 1) {
                    (client.*ending)();
                    ended.happen();
                    return;
                }
            }
        });
        EXPECT_EQ(network.get(server.url()).body, "hi");
        run(network.loop, wait_for(ended.event()));
        const Exchange second = network.get(server.url());
        EXPECT_EQ(second.failed_as(), "");
        EXPECT_EQ(second.body, "hi");
        EXPECT_EQ(server.connections(), 2U);
    }
}

TEST(CurlClientConnections, RepeatsARequestWhenAKeptOneEnds) {
    for (const auto ending : {&TestServer::Connection::close, &TestServer::Connection::reset}) {
        TestServer server([&](TestServer::Connection& client) {
            while (client.read_request()) {
                client.send(TestServer::ok("hi"));
                if (client.number() == 1) {
                    client.read_request();
                    (client.*ending)();
                    return;
                }
            }
        });
        Network network;
        EXPECT_EQ(network.get(server.url()).body, "hi");
        const Exchange second = network.get(server.url());
        EXPECT_EQ(second.failed_as(), "");
        EXPECT_EQ(second.body, "hi");
        EXPECT_EQ(server.connections(), 2U);
    }
}

TEST(CurlClientConnections, DoesNotRepeatOnANewOne) {
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.reset();
    });
    Network network;
    EXPECT_EQ(network.get(server.url()).failed_as(), "connect");
    EXPECT_EQ(server.connections(), 1U);
}

Task<void> stay(Duration span) { co_await sleep_for(span); }

TEST(CurlClientConnections, DoesNotSpinOnAKeptOneThatTheServerClosed) {
    for (const auto ending : {&TestServer::Connection::close, &TestServer::Connection::reset}) {
        Network network;
        Remote ended(network.loop);
        TestServer server([&](TestServer::Connection& client) {
            while (client.read_request()) {
                client.send(TestServer::ok("hi"));
                if (client.wait_for()) {
                    (client.*ending)();
                    ended.happen();
                    return;
                }
            }
        });
        EXPECT_EQ(network.get(server.url()).body, "hi");
        server.open();
        run(network.loop, wait_for(ended.event()));
        int turns = 0;
        {
            const auto counting = network.loop.before_wait([&turns] { ++turns; });
            run(network.loop, stay(50ms));
        }
        EXPECT_LT(turns, 20);
        EXPECT_EQ(network.get(server.url()).failed_as(), "");
    }
}

TEST(CurlClientConnections, SurvivesTheReuseOfADescriptor) {
    TestServer closing(TestServer::always(TestServer::ok("hi", "Connection: close\r\n")));
    TestServer keeping(TestServer::always(TestServer::ok("hi")));
    const test::RefusingPort refusing;
    Network network;
    network.policy.idle_timeout = 5s;
    for (int i = 0; i < 300; ++i) {
        ASSERT_EQ(network.get(refusing.url()).failed_as(), "connect");
        ASSERT_EQ(network.get(closing.url()).failed_as(), "");
        ASSERT_EQ(network.get(refusing.url()).failed_as(), "connect");
        ASSERT_EQ(network.get(keeping.url()).failed_as(), "");
        // The first address of such a name may be one without a listening server.
        const std::string name = "h" + std::to_string(i % 10) + ".localhost";
        ASSERT_EQ(network.get(closing.url("/", name)).failed_as(), "");
    }
}

/// URLs that many workers fetch, each once.
class Crawl {
public:
    Crawl(Network& net, std::vector<std::string> all) : network(net), urls(std::move(all)) {}

    Network& network;
    std::vector<std::string> urls;
    std::size_t next = 0;
    std::size_t good = 0;
    std::size_t most_descriptors = 0;
};

Task<void> work(Crawl& crawl) {
    while (crawl.next < crawl.urls.size()) {
        std::string url = crawl.urls[crawl.next++];
        const Exchange got =
            co_await test::exchange(crawl.network.client, crawl.network.policy, std::move(url));
        EXPECT_EQ(got.failed_as(), "") << got.message();
        crawl.good += got.body == "hi" ? 1U : 0U;
        if (crawl.next % 50 == 0) {
            crawl.most_descriptors = std::max(crawl.most_descriptors, open_descriptors());
        }
    }
}

Task<void> crawl_with(Crawl& crawl, std::size_t workers) {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    for (std::size_t i = 0; i < workers; ++i) {
        group.start(work(crawl));
    }
    co_await group.join();
}

std::vector<std::string> many_origins(const TestServer& server, std::size_t count) {
    std::vector<std::string> urls;
    for (std::size_t i = 0; i < count; ++i) {
        urls.push_back(server.url("/", "host" + std::to_string(i) + ".localhost"));
    }
    return urls;
}

TEST(CurlClientConnections, StayBoundedWithVeryManyOrigins) {
    constexpr std::size_t kOrigins = 3500;
    constexpr std::size_t kWorkers = 20;
    TestServer server(TestServer::always(TestServer::ok("hi")));
    const std::size_t before = open_descriptors();
    {
        Network network;
        Crawl crawl(network, many_origins(server, kOrigins));
        run(network.loop, crawl_with(crawl, kWorkers));
        EXPECT_EQ(crawl.good, kOrigins);
        // Two ends each: connections of one generation, the rest of the previous one, and some that
        // are being closed.
        EXPECT_LT(crawl.most_descriptors, before + 2 * (2 * (50 + 32) + 3 * kWorkers));
    }
    EXPECT_GE(server.requests(), kOrigins);
}

/// Reads a response of the first of many origins when all others have been fetched.
Task<Exchange> read_last(Network& network, const http::Request& request, Crawl& crawl,
                         TestServer& server) {
    Exchange got;
    Result<std::unique_ptr<http::Response>> response =
        co_await network.client.send(request, http::SendOptions(), got.trace);
    EXPECT_TRUE(response.ok());
    co_await crawl_with(crawl, 10);
    server.open();
    co_await test::read_to_end(**response, got);
    response->reset();
    co_return got;
}

TEST(CurlClientConnections, LetAnOldTransferEndWhileNewOriginsCome) {
    TestServer slow([](TestServer::Connection& client) {
        client.read_request();
        client.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nbegin");
        client.wait_for();
        client.send("+end");
        client.wait_until_gone();
    });
    TestServer fast(TestServer::always(TestServer::ok("hi")));
    Network network;
    const http::Request request = test::request_for(slow.url(), network.policy);
    Crawl crawl(network, many_origins(fast, 2200));
    const Exchange got = run(network.loop, read_last(network, request, crawl, slow));
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "begin+end");
    EXPECT_EQ(crawl.good, crawl.urls.size());
    EXPECT_EQ(network.get(fast.url()).body, "hi");
}

TEST(CurlClientConnections, CloseWithTheClient) {
    Network network;
    Remote gone(network.loop);
    TestServer server([&](TestServer::Connection& client) {
        client.read_request();
        client.send(TestServer::ok("hi"));
        client.wait_until_gone();
        gone.happen();
    });
    {
        http::CurlClient client(network.loop, 1, 10'000);
        const http::Policy policy;
        const Exchange got = run(network.loop, test::exchange(client, policy, server.url()));
        EXPECT_EQ(got.body, "hi");
    }
    run(network.loop, wait_for(gone.event()));
}

}  // namespace
}  // namespace runnel
