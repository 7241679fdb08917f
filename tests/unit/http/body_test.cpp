#include "http/body.hpp"

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "support/fake_loop.hpp"
#include "support/scripted_client.hpp"
#include "support/tasks.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::Script;
using Ending = test::ScriptedClient::Ending;

class BodyTest : public testing::Test {
protected:
    /// Calls \a read with the response of \a script.
    template <class T>
    T read_by(Task<T> (*read)(Response&), Script script, std::stop_token stop = {}) {
        client.on("http://a/", std::move(script));
        auto body = [&]() -> Task<T> {
            const Request request(*Url::parse("http://a/"), policy);
            Trace trace;
            trace.admit(loop.now(), loop.now());
            const Result<std::unique_ptr<Response>> response =
                co_await client.send(request, SendOptions(), trace);
            co_return co_await read(**response);
        };
        return run(loop, body(), std::move(stop));
    }

    FakeLoop loop;
    Policy policy;
    test::ScriptedClient client;
};

TEST_F(BodyTest, IsReadAsAWhole) {
    const Result<std::string> body =
        read_by(read_whole, Script().piece("one\n").piece(std::string(3, '\0'), 1h).piece("three"));
    ASSERT_TRUE(body);
    EXPECT_EQ(*body, std::string("one\n\0\0\0three", 12));
    EXPECT_EQ(client.sent()[0].ending, Ending::Complete);
}

TEST_F(BodyTest, IsReadToItsEnd) {
    EXPECT_TRUE(read_by(read_to_end, Script().piece("one").piece("two", 1h)));
    EXPECT_EQ(client.sent()[0].read, 6U);
    EXPECT_EQ(client.sent()[0].ending, Ending::Complete);
}

TEST_F(BodyTest, MayBeEmpty) {
    const Result<std::string> body = read_by(read_whole, Script());
    ASSERT_TRUE(body);
    EXPECT_EQ(*body, "");
    EXPECT_TRUE(read_by(read_to_end, Script()));
}

TEST_F(BodyTest, FailsIfIncomplete) {
    const Script cut = Script().piece("half").breaks(Error(ErrorClass::Truncated, "cut"));
    const Result<std::string> body = read_by(read_whole, cut);
    ASSERT_FALSE(body);
    EXPECT_EQ(body.error().error_class(), ErrorClass::Truncated);
    const Result<void> read = read_by(read_to_end, cut);
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().message(), "cut");
}

TEST_F(BodyTest, CanBeAborted) {
    const test::StopAfter stop(loop, 1s);
    const Script slow = Script().piece("x", 1h);
    EXPECT_THROW(static_cast<void>(read_by(read_whole, slow, stop.token())), Cancelled);
    EXPECT_EQ(client.sent()[0].ending, Ending::Dropped);
}

}  // namespace
}  // namespace runnel::http
