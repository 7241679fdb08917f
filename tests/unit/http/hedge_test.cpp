#include "http/hedge.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "async/sleep.hpp"
#include "async/timeout.hpp"
#include "support/fake_loop.hpp"
#include "support/scripted_client.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;
using test::Script;
using Ending = test::ScriptedClient::Ending;

/// Admits hops as Admission does, each after a wait.
class Gate final : public Client {
public:
    explicit Gate(Client& next) : next_(next) {}

    Task<Result<std::unique_ptr<Response>>> send(const Request& request, SendOptions options,
                                                 Trace& trace) override {
        const Context& context = co_await this_task::context();
        if (options.now_or_never && shut) {
            co_return Error(ErrorClass::Cancelled, "it would have to wait");
        }
        const TimePoint asked = context.scheduler->now();
        const Duration span = options.now_or_never ? Duration(0) : wait;
        co_await sleep_for(span);
        if (closed) {
            throw Cancelled();
        }
        trace.admit(asked, context.scheduler->now());
        co_return co_await next_.send(request, options, trace);
    }

    Duration wait = 0ms;
    bool shut = false;    ///< For hops that must not wait.
    bool closed = false;  ///< For all hops.

private:
    Client& next_;
};

class Hedge : public testing::Test {
protected:
    /// Sends a request and returns its body or the class of the failure.
    Task<std::string> get(std::string method = "GET") {
        Request request(*Url::parse("http://a/"), policy);
        request.method = std::move(method);
        trace.prepare();
        Result<std::unique_ptr<Response>> response =
            co_await client.send(request, SendOptions(), trace);
        if (!response) {
            co_return std::string(to_string(response.error().error_class()));
        }
        const Result<std::string_view> piece = co_await (*response)->read();
        co_return std::string(*piece);
    }
    std::string got(std::string method = "GET") { return run(loop, get(std::move(method))); }
    Script& answer(const std::string& body, Duration after, int status = 200) {
        return server.on("http://a/", Script(status)).piece(body).after(after);
    }
    [[nodiscard]] std::size_t sent() const { return server.sent().size(); }

    test::FakeLoop loop;
    Policy policy;
    RetryOn retry_on;
    Duration delay = 100ms;
    Trace trace;
    test::ScriptedClient server;
    Gate gate{server};
    HedgeClient client{gate, delay, retry_on, loop};
};

TEST_F(Hedge, IsNotSentAfterATimelyResponse) {
    answer("first", 99ms);
    EXPECT_EQ(got(), "first");
    EXPECT_EQ(sent(), 1U);
    EXPECT_FALSE(trace.hedged);
    EXPECT_EQ(client.hedges(), 0U);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 99ms) << "a timer was left behind";
}

TEST_F(Hedge, TakesTheSecondWhenItIsFaster) {
    answer("first", 10s);
    answer("second", 20ms, 203);
    EXPECT_EQ(got(), "second");
    EXPECT_EQ(loop.elapsed(), 120ms);
    EXPECT_EQ(server.sent()[0].ending, Ending::Dropped);
    EXPECT_EQ(server.running(), 0U);
    EXPECT_TRUE(trace.hedged);
    EXPECT_EQ(trace.status, 203);
    EXPECT_EQ(trace.attempts, 1U);
    EXPECT_EQ(trace.total, 120ms);
    EXPECT_EQ(client.hedges(), 1U);
}

TEST_F(Hedge, TakesTheFirstWhenItIsStillFaster) {
    answer("first", 150ms);
    answer("second", 100ms);
    EXPECT_EQ(got(), "first");
    EXPECT_EQ(loop.elapsed(), 150ms);
    EXPECT_EQ(server.sent()[1].ending, Ending::Dropped);
    EXPECT_TRUE(trace.hedged);
}

TEST_F(Hedge, CountsFromThePermitOfTheFirst) {
    gate.wait = 250ms;
    answer("first", 99ms);
    EXPECT_EQ(got(), "first");
    EXPECT_EQ(sent(), 1U);
    answer("slow", 10s);
    answer("second", 0ms);
    EXPECT_EQ(got(), "first");  // the last script of the previous case
    EXPECT_EQ(got(), "second");
    EXPECT_EQ(loop.elapsed(), 2 * (250ms + 99ms) + 250ms + 100ms);
}

TEST_F(Hedge, WaitsForTheOtherWhenOneIsNotGood) {
    answer("too much", 150ms, 503);
    answer("second", 100ms);
    EXPECT_EQ(got(), "second");
    EXPECT_EQ(loop.elapsed(), 200ms);
    EXPECT_EQ(trace.status, 200);
}

TEST_F(Hedge, WaitsForTheFirstWhenTheSecondFails) {
    answer("first", 10s);
    server.on("http://a/").fails(Error(ErrorClass::Connect, "refused"));
    EXPECT_EQ(got(), "first");
    EXPECT_EQ(loop.elapsed(), 10s);
    EXPECT_EQ(sent(), 2U);
}

TEST_F(Hedge, ReturnsTheFailureOfTheFirstWhenNeitherIsGood) {
    server.on("http://a/").after(150ms).fails(Error(ErrorClass::Protocol, "nonsense"));
    server.on("http://a/").after(100ms).fails(Error(ErrorClass::Connect, "refused"));
    EXPECT_EQ(got(), "protocol");
    EXPECT_EQ(loop.elapsed(), 200ms);
}

TEST_F(Hedge, IsNotSentAfterAFailure) {
    server.on("http://a/").after(50ms).fails(Error(ErrorClass::Connect, "refused"));
    EXPECT_EQ(got(), "connect");
    EXPECT_EQ(loop.elapsed(), 50ms);
    EXPECT_EQ(sent(), 1U);
}

TEST_F(Hedge, IsNotSentForOtherMethods) {
    answer("first", 10s);
    EXPECT_EQ(got("POST"), "first");
    EXPECT_EQ(sent(), 1U);
}

TEST_F(Hedge, IsNotSentWithoutADelay) {
    delay = Duration::zero();
    answer("first", 10s);
    EXPECT_EQ(got(), "first");
    EXPECT_EQ(sent(), 1U);
}

TEST_F(Hedge, IsSkippedIfItHadToWait) {
    gate.shut = true;
    answer("first", 10s);
    EXPECT_EQ(got(), "first");
    EXPECT_EQ(sent(), 1U);
    EXPECT_FALSE(trace.hedged);
    EXPECT_EQ(client.hedges(), 0U);
}

TEST_F(Hedge, IsSentForOneHopInTwentyAndAtLeastFive) {
    answer("late", 101ms);
    for (int i = 0; i < 119; ++i) {
        EXPECT_EQ(got(), "late");
        EXPECT_EQ(client.hedges(), std::min(i + 1, 5));
    }
    EXPECT_EQ(got(), "late");
    EXPECT_EQ(client.hedges(), 6U);
}

TEST_F(Hedge, StopsBothWhenItIsStopped) {
    answer("first", 10s);
    Task<std::string> both = get();
    const std::optional<std::string> body =
        run(loop, timeout(std::move(both), Deadline(TimePoint() + 200ms)));
    EXPECT_FALSE(body);
    EXPECT_EQ(sent(), 2U);
    EXPECT_EQ(server.running(), 0U);
}

TEST_F(Hedge, IsCancelledWithAFirstWithoutAPermit) {
    gate.closed = true;
    EXPECT_THROW(got(), Cancelled);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST_F(Hedge, KeepsTheMarkOfEarlierAttempts) {
    answer("first", 10s);
    answer("second", 20ms);
    answer("third", 20ms);
    EXPECT_EQ(got(), "second");
    EXPECT_EQ(got(), "third");
    EXPECT_TRUE(trace.hedged);
    EXPECT_EQ(trace.attempts, 2U);
}

}  // namespace
}  // namespace runnel::http
