#include "client/fetch_all.hpp"

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/network.hpp"

// The blocking interface for programs without a loop.

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::RefusingPort;
using test::TestServer;

/// Responds to each request with its target.
TestServer::Handler echo() {
    return [](TestServer::Connection& client) {
        while (const auto request = client.read_request()) {
            const std::size_t begin = request->find(' ') + 1;
            client.send(TestServer::ok(request->substr(begin, request->find(' ', begin) - begin),
                                       "X-Seen: yes\r\nx-twice: 1\r\nX-Twice: 2\r\n"));
        }
    };
}

TEST(FetchAll, ReturnsOneResultForEachUrlInOrder) {
    TestServer server(echo());
    const RefusingPort refusing;
    SessionOptions options;
    options.retry.retries = 0;
    const std::vector<Result<Reply>> replies =
        fetch_all({server.url("/a"), refusing.url(), server.url("/b"), "no url"}, options);
    ASSERT_EQ(replies.size(), 4U);
    EXPECT_EQ(replies[0]->body, "/a");
    EXPECT_EQ(replies[1].error().error_class(), ErrorClass::Connect);
    EXPECT_EQ(replies[2]->body, "/b");
    EXPECT_EQ(replies[3].error().error_class(), ErrorClass::BadInput);
}

TEST(FetchAll, KeepsTheHeadersAsTheyCame) {
    TestServer server(echo());
    const std::vector<Result<Reply>> replies = fetch_all({server.url("/")});
    ASSERT_TRUE(replies[0].ok());
    EXPECT_EQ(replies[0]->headers,
              (http::Headers{"Content-Length: 1", "X-Seen: yes", "x-twice: 1", "X-Twice: 2"}));
    EXPECT_GT(replies[0]->took(), Duration::zero());
}

TEST(FetchAll, ReusesAConnection) {
    TestServer server(echo());
    SessionOptions options;
    options.concurrency = 1;
    EXPECT_EQ(fetch_all({server.url("/1"), server.url("/2"), server.url("/3")}, options).size(),
              3U);
    EXPECT_EQ(server.connections(), 1U);
    EXPECT_EQ(server.requests(), 3U);
}

TEST(FetchAll, ReportsUnfinishedRequestsAtTheDeadline) {
    TestServer hanging([](TestServer::Connection& client) { client.wait_until_gone(); });
    TestServer server(echo());
    const std::vector<Result<Reply>> replies =
        fetch_all({hanging.url(), server.url("/a")}, SessionOptions(), 200ms);
    EXPECT_EQ(replies[0].error().error_class(), ErrorClass::Deadline);
    EXPECT_EQ(replies[1]->body, "/a");
}

TEST(FetchAll, NeedsNoUrl) { EXPECT_TRUE(fetch_all(std::vector<std::string>()).empty()); }

TEST(FetchAll, RunsOnSeveralThreadsAtOnce) {
    TestServer server(echo());
    std::vector<std::string> bodies(4);
    std::vector<std::thread> threads;
    threads.reserve(bodies.size());
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        threads.emplace_back(
            [&, i] { bodies[i] = fetch_all({server.url("/" + std::to_string(i))})[0]->body; });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(bodies, (std::vector<std::string>{"/0", "/1", "/2", "/3"}));
}

}  // namespace
}  // namespace runnel
