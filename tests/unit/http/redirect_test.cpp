#include "http/redirect.hpp"

#include <array>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/gather.hpp"
#include "async/run.hpp"
#include "support/exchange.hpp"
#include "support/fake_loop.hpp"
#include "support/scripted_client.hpp"
#include "support/tasks.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;
using test::Exchange;
using test::Script;
using Ending = test::ScriptedClient::Ending;

class Redirects : public testing::Test {
protected:
    Exchange send(const Request& request) { return run(loop, test::exchange(client, request)); }
    Exchange get(std::string_view url) { return send(test::request_for(url, policy)); }
    /// Returns the requested URLs in order.
    std::vector<std::string> asked() const {
        std::vector<std::string> urls;
        for (const auto& sent : server.sent()) {
            urls.push_back(sent.url);
        }
        return urls;
    }

    test::FakeLoop loop;
    Policy policy;
    test::ScriptedClient server;
    RedirectClient client{server};
};

TEST(IsRedirect, IsTrueForTheFiveStatusesWithATarget) {
    for (int status = 0; status < 1000; ++status) {
        const bool expected =
            status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
        EXPECT_EQ(is_redirect(status), expected) << status;
    }
}

TEST_F(Redirects, DoNotChangeOtherResponses) {
    server.on("http://a/").piece("hello");
    const Exchange got = get("http://a/");
    EXPECT_EQ(got.body, "hello");
    EXPECT_EQ(got.trace.redirects, 0U);
    EXPECT_FALSE(got.trace.redirect);
    EXPECT_EQ(server.sent().size(), 1U);
}

TEST_F(Redirects, AreFollowedToTheEnd) {
    server.on("http://a/", Script(301, "http://b/1")).after(10ms);
    server.on("http://b/1", Script(307, "http://c/2")).after(20ms);
    server.on("http://c/2").after(40ms).piece("here");
    const Exchange got = get("http://a/");
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, "here");
    EXPECT_EQ(asked(), (std::vector<std::string>{"http://a/", "http://b/1", "http://c/2"}));
    EXPECT_EQ(got.trace.redirects, 2U);
    EXPECT_EQ(got.trace.effective_url, "http://c/2");
    EXPECT_EQ(got.trace.redirect, std::chrono::microseconds(30ms));
    EXPECT_EQ(got.trace.total, std::chrono::microseconds(70ms));
}

TEST_F(Redirects, AreResolvedAgainstTheirHop) {
    server.on("http://a/x/y", Script(302, "//b/d/e"));
    server.on("http://b/d/e", Script(302, "../f"));
    server.on("http://b/f", Script(302, "?q"));
    server.on("http://b/f?q", Script(302, "/with space"));
    server.on("http://b/with%20space").piece("here");
    EXPECT_EQ(get("http://a/x/y").body, "here");
}

class MethodRule {
public:
    int status;
    const char* before;
    const char* after;
};

TEST_F(Redirects, ChangeTheMethodAsCurlDoes) {
    const std::array rules = {
        MethodRule{301, "GET", "GET"},   MethodRule{301, "POST", "GET"},
        MethodRule{301, "PUT", "PUT"},   MethodRule{301, "HEAD", "HEAD"},
        MethodRule{302, "POST", "GET"},  MethodRule{302, "DELETE", "DELETE"},
        MethodRule{303, "POST", "GET"},  MethodRule{303, "PUT", "GET"},
        MethodRule{303, "GET", "GET"},   MethodRule{303, "HEAD", "HEAD"},
        MethodRule{307, "POST", "POST"}, MethodRule{308, "POST", "POST"},
        MethodRule{308, "PUT", "PUT"},
    };
    for (const MethodRule& rule : rules) {
        const std::string path = std::to_string(rule.status) + rule.before;
        server.on("http://a/" + path, Script(rule.status, "http://a/end"));
        server.on("http://a/end");
        Request request = test::request_for("http://a/" + path, policy);
        request.method = rule.before;
        request.body = "payload";
        EXPECT_EQ(send(request).failed_as(), "");
        const auto& last = server.sent().back();
        EXPECT_EQ(last.method, rule.after) << path;
        EXPECT_EQ(last.body, rule.before == std::string(rule.after) ? "payload" : "") << path;
    }
}

TEST_F(Redirects, KeepAMethodThatHasChanged) {
    server.on("http://a/", Script(303, "/2"));
    server.on("http://a/2", Script(307, "/3"));
    server.on("http://a/3");
    Request request = test::request_for("http://a/", policy);
    request.method = "POST";
    request.body = "payload";
    EXPECT_EQ(send(request).failed_as(), "");
    EXPECT_EQ(server.sent().back().method, "GET");
    EXPECT_EQ(server.sent().back().body, "");
}

TEST_F(Redirects, EndAtTheLimit) {
    policy.max_redirects = 3;
    for (int i = 0; i < 9; ++i) {
        const std::string number = std::to_string(i);
        server.on("http://a/" + number, Script(302, "/" + std::to_string(i + 1)));
    }
    server.on("http://b/0", Script(302, "http://a/7"));
    server.on("http://a/9");
    const Exchange got = get("http://a/0");
    EXPECT_EQ(got.failed_as(), "redirect");
    EXPECT_EQ(got.failure->code(), 47);
    EXPECT_NE(got.message().find("more than 3 redirects"), std::string::npos) << got.message();
    EXPECT_EQ(server.sent().size(), 4U);
    EXPECT_EQ(got.trace.redirects, 3U);
    EXPECT_EQ(get("http://b/0").failed_as(), "");
}

TEST_F(Redirects, EndInALoop) {
    server.on("http://a/", Script(302, "http://a/"));
    EXPECT_EQ(get("http://a/").failed_as(), "redirect");
    EXPECT_EQ(server.sent().size(), *policy.max_redirects + 1);
}

TEST_F(Redirects, AreNotFollowedWithALimitOfZero) {
    policy.max_redirects = 0;
    server.on("http://a/", Script(302, "/2"));
    EXPECT_EQ(get("http://a/").failed_as(), "redirect");
    EXPECT_EQ(server.sent().size(), 1U);
}

TEST_F(Redirects, AreFollowedWithoutALimit) {
    policy.max_redirects = std::nullopt;
    for (int i = 0; i < 200; ++i) {
        server.on("http://a/" + std::to_string(i), Script(302, "/" + std::to_string(i + 1)));
    }
    server.on("http://a/200").piece("here");
    EXPECT_EQ(get("http://a/0").body, "here");
}

TEST_F(Redirects, AreOrdinaryResponsesIfNotFollowed) {
    policy.follow_redirects = false;
    server.on("https://a/", Script(302, "http://b/")).piece("moved");
    const Exchange got = get("https://a/");
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.status, 302);
    EXPECT_EQ(got.body, "moved");
    EXPECT_EQ(got.trace.redirects, 0U);
    EXPECT_EQ(server.sent().size(), 1U);
}

TEST_F(Redirects, FailForOtherSchemesAndInvalidUrls) {
    for (const char* target : {"file:///etc/passwd", "ftp://b/", "http://b:0/", "http://"}) {
        const std::string url = "http://a/" + std::to_string(server.sent().size());
        server.on(url, Script(302, target));
        const Exchange got = get(url);
        EXPECT_EQ(got.failed_as(), "redirect") << target;
        EXPECT_NE(got.message().find("redirected to"), std::string::npos) << got.message();
        EXPECT_EQ(got.status, 0);
        EXPECT_EQ(got.trace.status, 302);
    }
}

TEST_F(Redirects, FailFromHttpsToHttpUnlessAllowed) {
    server.on("https://a/", Script(302, "http://u:secret@a/"));
    server.on("http://u:secret@a/").piece("here");
    const Exchange refused = get("https://a/");
    EXPECT_EQ(refused.failed_as(), "redirect");
    EXPECT_EQ(refused.message().find("secret"), std::string::npos) << refused.message();
    policy.allow_downgrade = true;
    EXPECT_EQ(get("https://a/").body, "here");
}

TEST_F(Redirects, AreFollowedFromHttpToHttpsButNotBack) {
    server.on("http://a/", Script(302, "https://a/"));
    server.on("https://a/", Script(302, "http://a/2"));
    EXPECT_EQ(get("http://a/").failed_as(), "redirect");
    EXPECT_EQ(server.sent().size(), 2U);
}

TEST_F(Redirects, DropCredentialsWhenTheOriginChanges) {
    const std::vector<std::string> all = {"Authorization: Basic eHg=", "COOKIE: a=b", "X-One: 1",
                                          "proxy-authorization: x", "Cookies: no"};
    const std::vector<std::string> rest = {"X-One: 1", "Cookies: no"};
    for (const char* target : {"http://b/", "http://a:81/", "https://a/"}) {
        const std::string start = std::string("http://a/") + std::to_string(server.sent().size());
        server.on(start, Script(307, target));
        server.on(target);
        Request request = test::request_for(start, policy);
        request.headers = all;
        EXPECT_EQ(send(request).failed_as(), "");
        EXPECT_EQ(server.sent().back().headers, rest) << target;
    }
}

TEST_F(Redirects, DropAHostHeaderWhenTheOriginChanges) {
    server.on("http://a/", Script(307, "/2"));
    server.on("http://a/2", Script(307, "http://a:81/3"));
    server.on("http://a:81/3");
    Request request = test::request_for("http://a/", policy);
    request.headers = {"hOST: other", "X-Host: kept"};
    EXPECT_EQ(send(request).failed_as(), "");
    EXPECT_EQ(server.sent()[1].headers, request.headers);
    EXPECT_EQ(server.sent()[2].headers, (std::vector<std::string>{"X-Host: kept"}));
}

TEST_F(Redirects, DropHeadersOfTheBodyWithTheBody) {
    const std::vector<std::string> all = {"Content-Type: a/b",
                                          "CONTENT-ENCODING: gzip",
                                          "content-length: 7",
                                          "Transfer-Encoding: chunked",
                                          "Expect:",
                                          "Contents: kept",
                                          "X-Content-Type: kept",
                                          "Content"};
    server.on("http://a/", Script(307, "/2"));
    server.on("http://a/2", Script(303, "/3"));
    server.on("http://a/3");
    Request request = test::request_for("http://a/", policy);
    request.method = "POST";
    request.body = "payload";
    request.headers = all;
    EXPECT_EQ(send(request).failed_as(), "");
    EXPECT_EQ(server.sent()[1].headers, all);
    EXPECT_EQ(server.sent()[2].headers,
              (std::vector<std::string>{"Contents: kept", "X-Content-Type: kept", "Content"}));
}

TEST_F(Redirects, KeepCredentialsWithinTheOriginAndDoNotRestoreThem) {
    server.on("http://a/", Script(302, "/2"));
    server.on("http://a/2", Script(302, "http://b/3"));
    server.on("http://b/3", Script(302, "http://a:80/4"));
    server.on("http://a:80/4");
    Request request = test::request_for("http://a/", policy);
    request.headers = {"Authorization: x"};
    EXPECT_EQ(send(request).failed_as(), "");
    EXPECT_EQ(server.sent()[1].headers.size(), 1U);
    EXPECT_EQ(server.sent()[2].headers.size(), 0U);
    EXPECT_EQ(server.sent()[3].headers.size(), 0U);
}

TEST_F(Redirects, AreFinalWithoutALocation) {
    server.on("http://a/", Script(302)).piece("look elsewhere");
    const Exchange got = get("http://a/");
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.status, 302);
    EXPECT_EQ(got.body, "look elsewhere");
}

TEST_F(Redirects, AreFinalWithOtherStatuses) {
    for (const int status : {200, 201, 299, 400}) {
        const std::string url = "http://a/" + std::to_string(status);
        server.on(url, Script(status, "http://b/")).piece("body");
        EXPECT_EQ(get(url).status, status);
    }
    EXPECT_EQ(server.sent().size(), 4U);
}

TEST_F(Redirects, AreFollowedWithEvery3xxThatHasALocation) {
    server.on("http://b/").piece("body");
    for (const int status : {300, 304, 305, 306, 399}) {
        const std::string url = "http://a/" + std::to_string(status);
        server.on(url, Script(status, "http://b/"));
        EXPECT_EQ(get(url).status, 200) << status;
    }
}

TEST_F(Redirects, ReadTheOldBodyBeforeTheNextHop) {
    server.on("http://a/", Script(302, "/2")).piece("moved ", 1ms).piece("away", 1ms);
    server.on("http://a/2");
    EXPECT_EQ(get("http://a/").failed_as(), "");
    EXPECT_EQ(server.sent()[0].read, 10U);
    EXPECT_EQ(server.sent()[0].ending, Ending::Complete);
    EXPECT_EQ(server.sent()[1].alongside, 0U);
    EXPECT_EQ(server.most_running(), 1U);
}

TEST_F(Redirects, StopReadingALongOldBody) {
    Script& script = server.on("http://a/", Script(302, "/2"));
    for (int i = 0; i < 1000; ++i) {
        script.piece(std::string(1000, 'x'));
    }
    server.on("http://a/2").piece("here");
    EXPECT_EQ(get("http://a/").body, "here");
    EXPECT_EQ(server.sent()[0].ending, Ending::Dropped);
    EXPECT_LT(server.sent()[0].read, 70'000U);
    EXPECT_EQ(server.sent()[1].alongside, 0U);
}

TEST_F(Redirects, IgnoreTheFailureOfAnOldBody) {
    server.on("http://a/", Script(302, "/2"))
        .piece("mov")
        .breaks(Error(ErrorClass::Truncated, "cut"));
    server.on("http://a/2").piece("here");
    const Exchange got = get("http://a/");
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "here");
    EXPECT_EQ(server.sent()[0].ending, Ending::Broken);
}

TEST_F(Redirects, ReturnTheFailureOfTheLastHop) {
    server.on("http://a/", Script(302, "http://b/"));
    server.on("http://b/").fails(Error(ErrorClass::Dns, "no such name", 6));
    const Exchange got = get("http://a/");
    EXPECT_EQ(got.failed_as(), "dns");
    EXPECT_EQ(got.trace.redirects, 1U);
    EXPECT_EQ(got.trace.effective_url, "http://b/");
}

TEST_F(Redirects, ShareTheTimeOfTheAttempt) {
    policy.max_time = 1s;
    server.on("http://a/", Script(302, "/2")).after(300ms);
    server.on("http://a/2").after(300ms);
    EXPECT_EQ(get("http://a/").failed_as(), "");
    EXPECT_EQ(server.sent()[0].attempt_by.when(), TimePoint() + 1s);
    EXPECT_EQ(server.sent()[1].attempt_by.when(), TimePoint() + 1s);
}

TEST_F(Redirects, CanBeStoppedAtAnyMoment) {
    server.on("http://a/", Script(302, "/2")).after(10ms).piece("moved", 10ms);
    server.on("http://a/2").after(10ms).piece("here", 10ms);
    const Request request = test::request_for("http://a/", policy);
    for (const Duration when : {5ms, 15ms, 25ms, 35ms}) {
        test::StopAfter stop(loop, when);
        EXPECT_THROW(run(loop, test::exchange(client, request), stop.token()), Cancelled);
        EXPECT_EQ(server.running(), 0U);
    }
    EXPECT_EQ(run(loop, test::exchange(client, request)).body, "here");
}

TEST_F(Redirects, SendAConditionToItsUrlOnly) {
    policy.compressed = false;
    const Headers condition = {"If-None-Match: \"a\""};
    Request request = test::request_for("http://a/", policy);
    request.condition.emplace("https://b/there", condition.front());
    server.on("http://a/", Script(302, "https://b/there"));
    server.on("https://b/there", Script(302, "https://b/elsewhere"));
    server.on("https://b/elsewhere");
    send(request);
    ASSERT_EQ(server.sent().size(), 3U);
    EXPECT_EQ(server.sent()[0].all_headers, Headers());
    EXPECT_EQ(server.sent()[1].all_headers, condition);
    EXPECT_EQ(server.sent()[2].all_headers, Headers());
}

TEST_F(Redirects, AreNotFollowedFromA304ToAConditionalRequest) {
    server.on("http://a/", Script(304, "http://b/"));
    Request request = test::request_for("http://a/", policy);
    request.condition.emplace("http://a/", "If-None-Match: \"a\"");
    EXPECT_EQ(send(request).status, 304);
    EXPECT_EQ(server.sent().size(), 1U);
}

Task<Exchange> delayed(Client& client, const Request& request, Duration span) {
    co_await sleep_for(span);
    co_return co_await test::exchange(client, request);
}

TEST_F(Redirects, OfManyRequestsAreIndependent) {
    server.on("http://a/", Script(302, "/2")).after(5ms);
    server.on("http://a/2").after(5ms).piece("here");
    const Request request = test::request_for("http://a/", policy);
    std::vector<Task<Exchange>> tasks;
    for (int i = 0; i < 8; ++i) {
        tasks.push_back(delayed(client, request, i * 1ms));
    }
    for (const Exchange& got : run(loop, gather(std::move(tasks)))) {
        EXPECT_EQ(got.body, "here");
        EXPECT_EQ(got.trace.redirects, 1U);
    }
    EXPECT_EQ(server.most_running(), 8U);
}

}  // namespace
}  // namespace runnel::http
