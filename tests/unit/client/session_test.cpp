#include "client/session.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "client/fetch_all.hpp"
#include "support/fake_loop.hpp"
#include "support/scripted_client.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::Script;
using test::ScriptedClient;

class SessionTest : public testing::Test {
protected:
    Result<Reply> get(const std::string& url) {
        Session session(loop, network, options);
        return run(loop, session.get(url));
    }

    FakeLoop loop;
    ScriptedClient network;
    SessionOptions options;
};

TEST_F(SessionTest, ReadsAResponseToItsEnd) {
    network.on("http://a/").header("Date", "today").header("X", "1").piece("hel").piece("lo");
    const Result<Reply> reply = get("http://a/");
    ASSERT_TRUE(reply.ok()) << reply.error().message();
    EXPECT_EQ(reply->status, 200);
    EXPECT_EQ(reply->body, "hello");
    EXPECT_EQ(reply->header("date"), "today");
    EXPECT_EQ(reply->header("Age"), std::nullopt);
    EXPECT_EQ(reply->headers, (http::Headers{"Date: today", "X: 1"}));
    EXPECT_EQ(reply->trace.attempts, 1U);
    EXPECT_EQ(network.running(), 0U);
}

TEST_F(SessionTest, FollowsRedirects) {
    network.on("http://a/", Script(302, "/there"));
    network.on("http://a/there").piece("here");
    const Result<Reply> reply = get("http://a/");
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply->body, "here");
    EXPECT_EQ(reply->trace.redirects, 1U);
}

TEST_F(SessionTest, RetriesTransientFailures) {
    network.on("http://a/", Script(503)).piece("busy");
    network.on("http://a/").piece("ok");
    const Result<Reply> reply = get("http://a/");
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply->body, "ok");
    EXPECT_EQ(reply->trace.attempts, 2U);
}

TEST_F(SessionTest, RetriesATruncatedBodyFromItsBeginning) {
    network.on("http://a/").piece("ha").breaks(Error(ErrorClass::Truncated, "cut"));
    network.on("http://a/").piece("hallo");
    const Result<Reply> reply = get("http://a/");
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply->body, "hallo");
}

TEST_F(SessionTest, ReturnsFailuresAsValues) {
    options.retry.retries = 0;
    network.on("http://gone/", Script(404)).piece("no");
    network.on("http://dead/").fails(Error(ErrorClass::Connect, "refused"));
    EXPECT_EQ(get("http://gone/").error().error_class(), ErrorClass::HttpStatus);
    EXPECT_EQ(get("http://gone/").error().message(), "status 404");
    EXPECT_EQ(get("http://dead/").error().error_class(), ErrorClass::Connect);
    EXPECT_EQ(get("gopher://a/").error().error_class(), ErrorClass::BadInput);
}

TEST_F(SessionTest, AcceptsTheExpectedStatuses) {
    options.expect = *http::StatusSet::parse("404");
    network.on("http://gone/", Script(404)).piece("no");
    const Result<Reply> reply = get("http://gone/");
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply->body, "no");
}

TEST_F(SessionTest, SendsMethodHeadersAndBody) {
    Session session(loop, network, options);
    network.on("http://a/").piece("taken");
    Result<http::Request> request = session.request("http://a/");
    ASSERT_TRUE(request.ok());
    request->method = "POST";
    request->body = "x=1";
    const Result<Reply> reply = run(loop, session.send(std::move(*request)));
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(network.sent().front().method, "POST");
    EXPECT_EQ(network.sent().front().body, "x=1");
}

TEST_F(SessionTest, RefusesHeadersThatChangeTheFraming) {
    Session session(loop, network, options);
    for (const char* header : {"Content-Length: 0", "Transfer-Encoding: chunked"}) {
        http::Request request = *session.request("http://a/");
        request.body = "body";
        request.headers = {header};
        const Result<Reply> reply = run(loop, session.send(request));
        ASSERT_FALSE(reply.ok()) << header;
        EXPECT_EQ(reply.error().error_class(), ErrorClass::BadInput);
    }
}

TEST_F(SessionTest, LimitsConcurrentRequests) {
    options.concurrency = 3;
    Session session(loop, network, options);
    std::vector<std::string> urls;
    for (int i = 0; i < 10; ++i) {
        urls.push_back("http://a/" + std::to_string(i));
        network.on(urls.back()).after(1s).piece(std::to_string(i));
    }
    const std::vector<Result<Reply>> replies = run(loop, fetch_all(session, urls));
    EXPECT_EQ(network.most_running(), 3U);
    EXPECT_EQ(loop.elapsed(), 4s);
    ASSERT_EQ(replies.size(), 10U);
    EXPECT_EQ(replies[7]->body, "7");
}

TEST_F(SessionTest, ReturnsResultsInTheOrderOfTheUrls) {
    Session session(loop, network, options);
    network.on("http://slow/").after(2s).piece("slow");
    network.on("http://fast/").piece("fast");
    const std::vector<std::string> urls = {"http://slow/", "nonsense", "http://fast/"};
    const std::vector<Result<Reply>> replies = run(loop, fetch_all(session, urls));
    ASSERT_EQ(replies.size(), 3U);
    EXPECT_EQ(replies[0]->body, "slow");
    EXPECT_EQ(replies[1].error().error_class(), ErrorClass::BadInput);
    EXPECT_EQ(replies[2]->body, "fast");
}

TEST_F(SessionTest, DropsARequestWhenStopIsRequested) {
    network.on("http://a/").after(1h).piece("late");
    Session session(loop, network, options);
    const Deadline limit = Deadline::after(loop.now(), 1s);
    EXPECT_FALSE(run(loop, timeout(session.get("http://a/"), limit)).has_value());
    EXPECT_EQ(loop.elapsed(), 1s);
    EXPECT_EQ(network.running(), 0U);
}

Task<std::string> read_pieces(Session& session, std::string url) {
    Result<Download> download = co_await session.open(url);
    if (!download) {
        co_return download.error().message();
    }
    std::string pieces;
    for (;;) {
        const Result<std::string_view> piece = co_await download->read();
        if (!piece || piece->empty()) {
            co_return pieces + (piece ? "." : piece.error().message());
        }
        pieces += std::string(*piece) + "|";
    }
}

TEST_F(SessionTest, OpensABodyToBeReadPieceByPiece) {
    Session session(loop, network, options);
    network.on("http://a/").piece("one").piece("two");
    network.on("http://b/").piece("one").breaks(Error(ErrorClass::Truncated, "cut"));
    network.on("http://c/", Script(500)).piece("sorry");
    EXPECT_EQ(run(loop, read_pieces(session, "http://a/")), "one|two|.");
    EXPECT_EQ(run(loop, read_pieces(session, "http://b/")), "one|cut");
    EXPECT_EQ(run(loop, read_pieces(session, "http://c/")), "status 500");
}

}  // namespace
}  // namespace runnel
