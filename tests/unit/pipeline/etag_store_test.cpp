#include "pipeline/etag_store.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "support/exchange.hpp"
#include "support/fake_loop.hpp"
#include "support/scripted_client.hpp"

namespace runnel {
namespace {

using Kind = CacheValidator::Kind;
using test::Script;

const http::Policy kPolicy;
const CacheValidator kOne(Kind::ETag, "\"one\"");
const CacheValidator kDate(Kind::LastModified, "Sat, 21 Nov 2026 10:00:00 GMT");

http::Request request_of(std::string_view url, http::Headers headers = {},
                         std::string method = "GET") {
    http::Request request = test::request_for(url, kPolicy);
    request.headers = std::move(headers);
    request.method = std::move(method);
    return request;
}

void learn_from(EtagStore& store, const http::Request& request, const std::string& asked,
                const CacheValidator& validator) {
    std::optional<EtagStore::Lesson> lesson = EtagStore::lesson(request, asked, validator);
    if (lesson) {
        store.learn(*std::move(lesson));
    }
}
void learn(EtagStore& store, const http::Request& request, const CacheValidator& validator = kOne) {
    learn_from(store, request, request.url.redacted(), validator);
}

/// Returns the store of a later run.
EtagStore reopened(EtagStore store) {
    const std::string text = std::move(store).write();
    Result<EtagStore> read = EtagStore::read(text);
    EXPECT_TRUE(read) << text;
    return *std::move(read);
}
/// Returns the store after one delivery.
EtagStore knowing(const http::Request& request, const CacheValidator& validator = kOne) {
    EtagStore store;
    learn(store, request, validator);
    return reopened(std::move(store));
}

/// Returns the header that makes \a request conditional; empty if it is not.
std::string condition(const EtagStore& store, http::Request request) {
    store.make_conditional(request);
    return request.condition ? request.condition->header : "";
}
bool is_known(const EtagStore& store, const http::Request& request) {
    return !condition(store, request).empty();
}

std::string problem(std::string_view text) {
    const Result<EtagStore> read = EtagStore::read(text);
    EXPECT_FALSE(read) << text;
    return read ? "" : read.error().message();
}

CacheValidator validator_of(Script script) {
    test::FakeLoop loop;
    test::ScriptedClient client;
    client.on("http://a/", std::move(script));
    const http::Request request = request_of("http://a/");
    http::Trace trace;
    auto body = [&]() -> Task<CacheValidator> {
        Result<std::unique_ptr<http::Response>> response =
            co_await client.send(request, http::SendOptions(), trace);
        co_return CacheValidator::of(**response);
    };
    return run(loop, body());
}

// Validators

TEST(CacheValidator, IsTheETagElseTheLastModified) {
    const std::string date = kDate.text;
    EXPECT_EQ(validator_of(Script().header("ETag", "\"one\"").header("Last-Modified", date)), kOne);
    EXPECT_EQ(validator_of(Script().header("ETag", "W/\"x\"")),
              CacheValidator(Kind::ETag, "W/\"x\""));
    EXPECT_EQ(validator_of(Script().header("Last-Modified", date)), kDate);
    EXPECT_EQ(validator_of(Script()), CacheValidator());
}

TEST(CacheValidator, RefusesAnInvalidEntityTag) {
    for (const char* tag :
         {"one", "\"", "\"a\" b", "\"a\", \"b\"", "w/\"a\"", "\"\xff\"", "\"a\x01\""}) {
        EXPECT_EQ(validator_of(Script().header("ETag", tag)), CacheValidator()) << tag;
    }
    EXPECT_EQ(validator_of(Script().header("ETag", '"' + std::string(600, 'x') + '"')),
              CacheValidator());
    EXPECT_EQ(validator_of(Script().header("ETag", "x").header("Last-Modified", kDate.text)),
              kDate);
}

TEST(CacheValidator, NeedsASuccessfulResponse) {
    EXPECT_EQ(validator_of(Script(404).header("ETag", "\"one\"")), CacheValidator());
    EXPECT_EQ(validator_of(Script(206).header("ETag", "\"one\"")), kOne);
}

// Conditions

TEST(EtagStore, MakesADeliveredRequestConditional) {
    const http::Request request = request_of("http://a/x");
    EXPECT_EQ(condition(knowing(request), request), "If-None-Match: \"one\"");
    EXPECT_EQ(condition(knowing(request, kDate), request), "If-Modified-Since: " + kDate.text);
    EXPECT_FALSE(is_known(EtagStore(), request));
    EXPECT_FALSE(is_known(knowing(request), request_of("http://a/y")));
    EXPECT_FALSE(is_known(knowing(request), request_of("http://a/x?")));
}

TEST(EtagStore, AppliesUpdatesToLaterRunsOnly) {
    EtagStore store;
    const http::Request request = request_of("http://a/");
    learn(store, request);
    EXPECT_FALSE(is_known(store, request));
    EXPECT_TRUE(is_known(reopened(std::move(store)), request));
}

TEST(EtagStore, SeparatesGetFromHeadAndIgnoresOtherMethods) {
    const EtagStore store = knowing(request_of("http://a/"));
    EXPECT_FALSE(is_known(store, request_of("http://a/", {}, "HEAD")));
    const http::Request head = request_of("http://a/", {}, "HEAD");
    EXPECT_TRUE(is_known(knowing(head), head));
    const http::Request put = request_of("http://a/", {}, "PUT");
    EXPECT_FALSE(is_known(knowing(put), put));
}

TEST(EtagStore, SeparatesRequestsByTheirHeaders) {
    const EtagStore store = knowing(request_of("http://a/", {"Accept: text/html"}));
    EXPECT_TRUE(is_known(store, request_of("http://a/", {"accept: text/html"})));
    EXPECT_FALSE(is_known(store, request_of("http://a/", {"Accept: text/plain"})));
    EXPECT_FALSE(is_known(store, request_of("http://a/")));
}

TEST(EtagStore, StoresNoSecretsButTheirPresence) {
    const http::Request ada = request_of("http://a/", {"Authorization: Basic secret"});
    EtagStore store;
    learn(store, ada);
    learn(store, request_of("http://ada:secret@a/b"));
    EtagStore copy = store;
    const std::string text = std::move(copy).write();
    EXPECT_EQ(text.find("secret"), std::string::npos) << text;
    const EtagStore later = reopened(store);
    EXPECT_TRUE(is_known(later, request_of("http://a/", {"Authorization: Basic other"})));
    EXPECT_FALSE(is_known(later, request_of("http://a/")));
    EXPECT_TRUE(is_known(later, request_of("http://ada:secret@a/b")));
    EXPECT_FALSE(is_known(later, request_of("http://a/b")));
}

TEST(EtagStore, StoresNoDateForRequestsWithCredentials) {
    for (const http::Request& request :
         {request_of("http://a/", {"Cookie: a=b"}), request_of("http://u:p@a/")}) {
        EXPECT_FALSE(is_known(knowing(request, kDate), request));
        EXPECT_TRUE(is_known(knowing(request, kOne), request));
    }
}

TEST(EtagStore, SkipsARequestWithItsOwnCondition) {
    const EtagStore store = knowing(request_of("http://a/"));
    for (const char* header : {"If-None-Match: \"mine\"", "if-modified-since: x", "If-Match: *",
                               "If-Unmodified-Since: x", "If-Range: x", "If-None-Match:"}) {
        const http::Request own = request_of("http://a/", {header});
        EXPECT_FALSE(is_known(store, own)) << header;
        EXPECT_FALSE(is_known(knowing(own), own)) << header;
    }
}

TEST(EtagStore, RemovesTheVersionAfterAResponseWithoutOne) {
    EtagStore store = knowing(request_of("http://a/"));
    learn(store, request_of("http://a/"), CacheValidator());
    EXPECT_EQ(std::move(store).write(), "");
}

TEST(EtagStore, SendsAVersionOnlyToTheUrlThatReturnedIt) {
    EtagStore store;
    const http::Request request = request_of("http://a/");
    learn_from(store, request, "https://b/there", kOne);
    http::Request again = request;
    reopened(std::move(store)).make_conditional(again);
    ASSERT_TRUE(again.condition);
    EXPECT_EQ(again.condition->url, "https://b/there");
}

TEST(EtagStore, KeepsVersionsThatThisRunDoesNotRequest) {
    EtagStore store = knowing(request_of("http://a/"));
    learn(store, request_of("http://b/"));
    const EtagStore later = reopened(std::move(store));
    EXPECT_TRUE(is_known(later, request_of("http://a/")));
    EXPECT_TRUE(is_known(later, request_of("http://b/")));
}

// Text

TEST(EtagStore, IsReadableAndSorted) {
    EtagStore store;
    learn(store, request_of("http://b/"), kDate);
    learn_from(store, request_of("http://a/"), "http://c/", kOne);
    learn(store, request_of("http://a/", {"A: b"}, "HEAD"));
    EXPECT_EQ(
        std::move(store).write(),
        R"({"url":"http://a/","method":"GET","asked":"http://c/","etag":"\"one\""})"
        "\n"
        R"({"url":"http://a/","method":"HEAD","variant":"17daf782dbfd971e","etag":"\"one\""})"
        "\n"
        R"({"url":"http://b/","method":"GET","last_modified":"Sat, 21 Nov 2026 10:00:00 GMT"})"
        "\n");
}

TEST(EtagStore, ReadsAnEmptyText) { EXPECT_TRUE(EtagStore::read("")); }

TEST(EtagStore, RefusesOtherTextAndNamesTheLine) {
    const std::string good = R"({"url":"http://a/","method":"GET","etag":"\"one\""})"
                             "\n";
    EXPECT_TRUE(EtagStore::read(good));
    EXPECT_TRUE(problem(good + good.substr(0, 20)).starts_with("line 2: "));
    EXPECT_TRUE(problem(good + "\n").starts_with("line 2: "));
    for (const char* line :
         {"", "x", "[]", "{}", "\xff", R"({"url":"http://a/","method":"GET"})",
          R"({"method":"GET","etag":"\"one\""})", R"({"url":"http://a/","etag":"\"one\""})",
          R"({"url":"http://a/","method":"GET","etag":"one"})",
          R"({"url":"http://a/","method":"GET","etag":"\"\r\nX: y\""})",
          R"({"url":"http://a/ b","method":"GET","etag":"\"one\""})",
          R"({"url":"http://a/","method":"G T","etag":"\"one\""})",
          R"({"url":"http://a/","method":"GET","variant":" ","etag":"\"one\""})",
          R"({"url":"http://a/","method":"GET","last_modified":"\n"})",
          R"({"url":"http://a/","method":"GET","etag":"\"one\"","last_modified":"x"})",
          R"({"url":"http://a/","method":"GET","etag":"\"one\"","other":"x"})",
          R"({"type":"result","input":"http://a/","url":"http://a/"})",
          R"({"url":1,"method":"GET","etag":"\"one\""})"}) {
        EXPECT_TRUE(problem(line + std::string("\n")).starts_with("line 1: ")) << line;
    }
}

}  // namespace
}  // namespace runnel
