#include "mock/server.hpp"

#include <chrono>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "mock/routes_file.hpp"
#include "support/raw_client.hpp"

namespace runnel::mock {
namespace {

using namespace std::chrono_literals;
using test::RawClient;
using End = RawClient::End;

constexpr std::string_view kText = R"("body": "one\ntwo\nthree\n")";
constexpr std::string_view kHalf = "one\ntwo";
/// Time without data after which a test assumes that none will come.
constexpr auto kSilence = 50ms;

Routes routes(const std::string& text) {
    Result<Routes> parsed = parse_routes(text, "test", ".");
    EXPECT_TRUE(parsed.ok()) << (parsed.ok() ? "" : parsed.error().message());
    return parsed.ok() ? *std::move(parsed) : Routes();
}

Listener listener() {
    Result<Listener> made = listen_on("127.0.0.1:0");
    EXPECT_TRUE(made.ok());
    return *std::move(made);
}

/// A server with one route `/`, given by its members.
class OneRoute {
public:
    explicit OneRoute(std::string_view members)
        : server(listener(), routes(fmt::format("[{{\"path\": \"/\", {}}}]", members))) {}

    OneRoute(std::string body, Answer::Fault fault)
        : server(listener(), large(std::move(body), fault)) {}

    MockServer server;

private:
    static Routes large(std::string body, Answer::Fault fault) {
        Route route;
        route.path = "/";
        Answer& answer = route.answers.emplace_back();
        answer.body = std::move(body);
        answer.fault = fault;
        return {std::move(route)};
    }
};

/// A server with one route `/` and a client that has requested it.
class Exchanged {
public:
    explicit Exchanged(std::string_view members, std::string_view method = "GET") : route(members) {
        client.get("/", method);
    }
    Exchanged(std::string body, Answer::Fault fault) : route(std::move(body), fault) {
        client.get("/");
    }

    OneRoute route;
    RawClient client = RawClient(route.server.port());
};

/// A body of \a size bytes without repetition, so that a lost or doubled piece shows.
std::string numbers(std::size_t size) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i) {
        text += std::to_string(i) + " ";
    }
    text.resize(size);
    return text;
}

template <class Condition>
bool comes_true(const Condition& condition) {
    const auto give_up = std::chrono::steady_clock::now() + 30s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > give_up) {
            return false;
        }
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

TEST(MockServer, SendsStatusHeadersAndBody) {
    Exchanged seen(R"("status": 418, "headers": {"X-A": ["1", "2"]}, "body": "short\nand stout")");
    ASSERT_TRUE(seen.client.receive("and stout"));
    EXPECT_EQ(seen.client.received.substr(0, 13), "HTTP/1.1 418 ");
    EXPECT_TRUE(seen.client.has_header("X-A: 1"));
    EXPECT_TRUE(seen.client.has_header("X-A: 2"));
    EXPECT_TRUE(seen.client.has_header("Content-Type: text/plain; charset=utf-8"));
    EXPECT_TRUE(seen.client.has_header("Content-Length: 15"));
    EXPECT_EQ(seen.client.body(), "short\nand stout");
}

TEST(MockServer, KeepsTheConnectionOpen) {
    Exchanged seen(kText);
    ASSERT_TRUE(seen.client.receive("three\n"));
    seen.client.received.clear();
    seen.client.get("/");
    ASSERT_TRUE(seen.client.receive("three\n"));
    EXPECT_EQ(seen.client.end(kSilence), End::Silence);
    EXPECT_EQ(seen.route.server.counts().requests(), 2U);
}

TEST(MockServer, AnswersPipelinedRequestsInOrder) {
    OneRoute route(R"("sequence": [{"body": "first"}, {"delay": "1ms", "body": "second"}])");
    RawClient client(route.server.port());
    const std::string one = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
    client.send(one + one);
    ASSERT_TRUE(client.receive("second"));
    EXPECT_LT(client.received.find("first"), client.received.find("second"));
}

TEST(MockServer, HonoursConnectionClose) {
    Exchanged seen(R"("headers": {"Connection": "close"}, "body": "x")");
    EXPECT_EQ(seen.client.end(), End::Fin);
    EXPECT_EQ(seen.client.body(), "x");
}

TEST(MockServer, SendsNoBodyForHead) {
    Exchanged seen(kText, "HEAD");
    ASSERT_TRUE(seen.client.receive("\r\n\r\n"));
    EXPECT_EQ(seen.client.end(kSilence), End::Silence);
    EXPECT_TRUE(seen.client.has_header("Content-Length: 14"));
    EXPECT_EQ(seen.client.body(), "");
}

TEST(MockServer, AnswersUnknownRoutesWith404) {
    OneRoute route(kText);
    RawClient client(route.server.port());
    client.get("/nothing?x=1", "PUT");
    ASSERT_TRUE(client.receive("\r\n\r\nno route for PUT /nothing?x=1 on host test\n"));
    EXPECT_EQ(client.received.substr(0, 13), "HTTP/1.1 404 ");
}

TEST(MockServer, SendsALargeBody) {
    const std::string body = numbers(std::size_t{8} << 20);
    Exchanged seen(body, Answer::Fault::None);
    ASSERT_TRUE(seen.client.receive("\r\n\r\n"));
    ASSERT_TRUE(seen.client.receive(body.size() + seen.client.received.find("\r\n\r\n") + 4));
    EXPECT_TRUE(seen.client.body() == body);
}

TEST(MockServer, DiscardsTheRequestBody) {
    OneRoute route(kText);
    RawClient client(route.server.port());
    const std::string body(std::size_t{2} << 20, 'x');
    client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2097152\r\n\r\n" + body);
    ASSERT_TRUE(client.receive("three\n"));
    client.received.clear();
    client.send(
        "POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
        "5\r\nhello\r\n0\r\n\r\n");
    ASSERT_TRUE(client.receive("three\n"));
}

TEST(MockServer, EchoesTheRequest) {
    OneRoute route(R"("echo": true, "status": 201)");
    RawClient client(route.server.port());
    client.send(
        "PATCH /?a=%20&b HTTP/1.1\r\nHost: test\r\nX-Two: 1\r\nx-two: \"2\"\r\n"
        "Content-Length: 5\r\n\r\nh\"llo");
    ASSERT_TRUE(client.receive("body_size\":5}"));
    EXPECT_EQ(client.received.substr(0, 13), "HTTP/1.1 201 ");
    EXPECT_EQ(client.body(),
              R"({"method":"PATCH","path":"/","query":"a=%20&b","headers":{"Host":"test",)"
              R"("X-Two":"1, \"2\"","Content-Length":"5"},"body":"h\"llo","body_size":5})");
}

TEST(MockServer, EchoesABinaryBodyInBase64) {
    OneRoute route(R"("echo": true)");
    RawClient client(route.server.port());
    client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\n\xFF\xFE\xFD");
    ASSERT_TRUE(client.receive(R"(,"body_b64":"//79","body_size":3})"));
}

TEST(MockServer, EchoesTheBeginningOfALargeBody) {
    OneRoute route(R"("echo": true)");
    RawClient client(route.server.port());
    const std::string body(std::size_t{3} << 20, 'x');
    client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3145728\r\n\r\n" + body);
    ASSERT_TRUE(client.receive("body_size\":3145728}"));
    const std::string echo = client.body();
    EXPECT_EQ(std::count(echo.begin(), echo.end(), 'x'), std::ptrdiff_t{1} << 20);
}

TEST(MockServer, SharesASequenceAmongConnections) {
    OneRoute route(R"("sequence": [{"body": "a"}, {"body": "b"}, {"body": "c"}])");
    std::string answers;
    for (int i = 0; i < 5; ++i) {
        RawClient client(route.server.port());
        client.get("/");
        ASSERT_TRUE(client.receive("Content-Length: 1"));
        ASSERT_TRUE(client.receive(client.received.find("\r\n\r\n") + 5));
        answers += client.body();
    }
    EXPECT_EQ(answers, "abccc");
}

TEST(MockServer, CallsTheObserverForEachRequest) {
    std::mutex mutex;
    std::vector<std::string> observed;
    MockServer server(
        listener(), routes(R"([{"path": "/a", "fault": "empty"}])"),
        [&](const Request& request, const Answer& answer) {
            const std::scoped_lock lock(mutex);
            observed.push_back(fmt::format("{} {} {} {} {}", request.method, request.target,
                                           request.host, answer.status, to_string(answer.fault)));
        });
    RawClient one(server.port());
    one.get("/a?b");
    EXPECT_EQ(one.end(), End::Fin);
    RawClient other(server.port());
    other.get("/c", "POST");
    ASSERT_TRUE(other.receive("no route"));
    const std::scoped_lock lock(mutex);
    EXPECT_EQ(observed, (std::vector<std::string>{"GET /a?b test 200 empty", "POST /c test 404 "}));
}

TEST(MockServer, DelaysAnAnswer) {
    const auto began = std::chrono::steady_clock::now();
    Exchanged seen(R"("delay": "30ms", "body": "late")");
    ASSERT_TRUE(seen.client.receive("late"));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 30ms);
}

TEST(MockServer, IsNotBlockedByDelayedAnswers) {
    MockServer server(listener(), routes(R"([{"path": "/late", "delay": "1h", "body": "late"},
                                             {"path": "/hang", "fault": "hang"},
                                             {"path": "/now", "body": "now"}])"));
    std::list<RawClient> waiting;
    for (int i = 0; i < 400; ++i) {
        waiting.emplace_back(server.port()).get(i % 2 == 0 ? "/late" : "/hang");
    }
    EXPECT_TRUE(comes_true([&] { return server.counts().in_flight() == 400; }));
    RawClient client(server.port());
    client.get("/now");
    EXPECT_TRUE(client.receive("\r\n\r\nnow"));
    EXPECT_EQ(server.counts().requests(), 401U);
    EXPECT_EQ(server.counts().peak_in_flight(), 401U);
}

TEST(MockServer, DelaysManyAnswersConcurrently) {
    OneRoute route(R"("delay": "80ms", "body": "done")");
    std::list<RawClient> clients;
    for (int i = 0; i < 400; ++i) {
        clients.emplace_back(route.server.port()).get("/");
    }
    for (RawClient& client : clients) {
        EXPECT_TRUE(client.receive("\r\n\r\ndone"));
    }
    EXPECT_TRUE(comes_true([&] { return route.server.counts().in_flight() == 0; }));
    EXPECT_EQ(route.server.counts().requests(), 400U);
    EXPECT_GT(route.server.counts().peak_in_flight(), 1U);
}

TEST(MockServer, StopsWithPendingAnswers) {
    std::list<RawClient> clients;
    {
        MockServer server(listener(), routes(R"([
            {"path": "/late", "delay": "1h", "body": "late"},
            {"path": "/hang", "fault": "hang"},
            {"path": "/half", "fault": "hang", "body": "half"},
            {"path": "/drip", "drip": {"chunk": 1, "every": "1h"}, "body": "drip"}])"));
        for (const std::string_view path : {"/late", "/hang", "/half", "/drip"}) {
            clients.emplace_back(server.port()).get(path);
        }
        EXPECT_TRUE(comes_true([&] { return server.counts().in_flight() == 4; }));
        clients.emplace_back(server.port()).send("GET / HTTP/1.1\r\nHo");
    }
    for (RawClient& client : clients) {
        EXPECT_NE(client.end(), End::Silence);
    }
}

TEST(MockServer, DripsPieceByPiece) {
    Exchanged seen(R"("body": "onetwothree", "drip": {"chunk": 3, "every": "1h"})");
    EXPECT_TRUE(seen.client.receive("\r\n\r\none"));
    EXPECT_EQ(seen.client.end(kSilence), End::Silence);
    EXPECT_EQ(seen.client.body(), "one");
    EXPECT_TRUE(seen.client.has_header("Content-Length: 11"));
}

TEST(MockServer, DripsTheWholeBody) {
    const auto began = std::chrono::steady_clock::now();
    Exchanged seen(R"("body": "onetwothree", "drip": {"chunk": 3, "every": "10ms"})");
    EXPECT_TRUE(seen.client.receive("\r\n\r\nonetwothree"));
    EXPECT_GE(std::chrono::steady_clock::now() - began, 30ms);
    seen.client.get("/");
    EXPECT_TRUE(seen.client.receive("onetwothreeHTTP/1.1 200"));
}

TEST(MockServer, ResetsInsteadOfAnAnswer) {
    Exchanged seen(R"("fault": "reset")");
    EXPECT_EQ(seen.client.end(), End::Reset);
    EXPECT_EQ(seen.client.received, "");
}

TEST(MockServer, ResetsAfterHalfOfTheBody) {
    Exchanged seen(fmt::format(R"({}, "fault": "reset")", kText));
    EXPECT_EQ(seen.client.end(), End::Reset);
    EXPECT_TRUE(seen.client.has_header("Content-Length: 14"));
    EXPECT_EQ(seen.client.body(), kHalf);
}

TEST(MockServer, ResetsAfterTheFirstHalfHasArrived) {
    const std::string body = numbers(std::size_t{8} << 20);
    Exchanged seen(body, Answer::Fault::Reset);
    std::this_thread::sleep_for(kSilence);  // the buffers of both sides fill up
    EXPECT_EQ(seen.client.end(), End::Reset);
    EXPECT_TRUE(seen.client.body() == body.substr(0, body.size() / 2)) << seen.client.body().size();
}

TEST(MockServer, TruncatesAfterHalfOfTheBody) {
    Exchanged seen(fmt::format(R"({}, "fault": "truncate")", kText));
    EXPECT_EQ(seen.client.end(), End::Fin);
    EXPECT_TRUE(seen.client.has_header("Content-Length: 14"));
    EXPECT_EQ(seen.client.body(), kHalf);
}

TEST(MockServer, DripsUpToTheFault) {
    Exchanged seen(
        fmt::format(R"({}, "fault": "truncate", "drip": {{"chunk": 3, "every": "1ms"}})", kText));
    EXPECT_EQ(seen.client.end(), End::Fin);
    EXPECT_EQ(seen.client.body(), kHalf);
}

TEST(MockServer, DoesNotTruncateForHead) {
    Exchanged seen(fmt::format(R"({}, "fault": "truncate")", kText), "HEAD");
    ASSERT_TRUE(seen.client.receive("\r\n\r\n"));
    EXPECT_EQ(seen.client.end(kSilence), End::Silence);
}

TEST(MockServer, HangsInsteadOfAnAnswer) {
    Exchanged seen(R"("fault": "hang")");
    EXPECT_EQ(seen.client.end(kSilence), End::Silence);
    EXPECT_EQ(seen.client.received, "");
    EXPECT_EQ(seen.route.server.counts().in_flight(), 1U);
}

TEST(MockServer, HangsAfterHalfOfTheBody) {
    Exchanged seen(fmt::format(R"({}, "fault": "hang")", kText));
    ASSERT_TRUE(seen.client.receive(kHalf));
    EXPECT_EQ(seen.client.end(kSilence), End::Silence);
    EXPECT_EQ(seen.client.body(), kHalf);
}

TEST(MockServer, StopsHangingWhenTheClientCloses) {
    MockServer server(listener(), routes(R"([{"path": "/", "fault": "hang"},
                                             {"path": "/b", "fault": "hang", "body": "body"}])"));
    {
        RawClient one(server.port());
        one.get("/");
        RawClient other(server.port());
        other.get("/b");
        EXPECT_TRUE(comes_true([&] { return server.counts().in_flight() == 2; }));
    }
    EXPECT_TRUE(comes_true([&] { return server.counts().in_flight() == 0; }));
}

TEST(MockServer, SendsGarbage) {
    Exchanged seen(R"("fault": "garbage")");
    EXPECT_EQ(seen.client.end(), End::Fin);
    EXPECT_GT(seen.client.received.size(), 10U);
    EXPECT_EQ(seen.client.received.find("HTTP/"), std::string::npos);
}

TEST(MockServer, SendsABodyAsGarbageWithoutHttp) {
    const std::string body = numbers(std::size_t{8} << 20);
    Exchanged seen(body, Answer::Fault::Garbage);
    std::this_thread::sleep_for(kSilence);
    EXPECT_EQ(seen.client.end(), End::Fin);
    EXPECT_TRUE(seen.client.received == body) << seen.client.received.size();
}

TEST(MockServer, ClosesWithoutAByte) {
    Exchanged seen(R"("fault": "empty")");
    EXPECT_EQ(seen.client.end(), End::Fin);
    EXPECT_EQ(seen.client.received, "");
}

TEST(MockServer, FailsAfterItHasReadTheRequest) {
    for (const std::string_view fault : {"empty", "garbage"}) {
        OneRoute route(fmt::format(R"("fault": "{}")", fault));
        RawClient client(route.server.port());
        const std::string body(std::size_t{2} << 20, 'x');
        client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2097152\r\n\r\n" + body);
        // With unread bytes the kernel would send a reset.
        EXPECT_EQ(client.end(), End::Fin) << fault;
    }
}

TEST(MockServer, DelaysAFault) {
    const auto began = std::chrono::steady_clock::now();
    Exchanged seen(R"("fault": "reset", "delay": "30ms")");
    EXPECT_EQ(seen.client.end(), End::Reset);
    EXPECT_GE(std::chrono::steady_clock::now() - began, 30ms);
}

TEST(MockServer, SurvivesClientsThatCloseEarly) {
    OneRoute route(R"("delay": "20ms", "body": "late")");
    for (int i = 0; i < 20; ++i) {
        RawClient(route.server.port()).get("/");
    }
    EXPECT_TRUE(comes_true([&] { return route.server.counts().requests() == 20; }));
    EXPECT_TRUE(comes_true([&] { return route.server.counts().in_flight() == 0; }));
    RawClient client(route.server.port());
    client.get("/");
    EXPECT_TRUE(client.receive("late"));
}

TEST(MockServer, ClosesAfterAnInvalidRequest) {
    OneRoute route(kText);
    RawClient client(route.server.port());
    client.send("not a request\r\n\r\n");
    EXPECT_NE(client.end(), End::Silence);
    EXPECT_EQ(route.server.counts().in_flight(), 0U);
}

}  // namespace
}  // namespace runnel::mock
