#include "pipeline/admission.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "support/fake_loop.hpp"
#include "support/scripted_client.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Script;

class AdmissionTest : public testing::Test {
protected:
    struct Seen {
        http::Trace trace;
        std::optional<Error> failure;
    };

    /// One request to its end; the response is held for \a hold after its headers came.
    Task<void> get(Admission& admission, std::string url, Duration hold, Seen* seen = nullptr) {
        const Context& context = co_await this_task::context();
        const Result<http::Url> target = http::Url::parse(url);
        const http::Request request(*target, policy);
        http::Trace trace;
        Result<std::unique_ptr<http::Response>> response = co_await admission.send(request, trace);
        co_await sleep_for(hold);
        ended.push_back(url);
        ended_at.push_back(context.scheduler->now() - TimePoint());
        if (seen != nullptr) {
            seen->trace = std::move(trace);
        }
    }

    /// All of \a urls at once.
    void get_all(Admission& admission, const std::vector<std::string>& urls, Duration hold) {
        run(loop, get_together(admission, urls, hold));
    }
    Task<void> get_together(Admission& admission, const std::vector<std::string>& urls,
                            Duration hold) {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (const std::string& url : urls) {
            group.start(get(admission, url, hold));
        }
        co_await group.join();
    }

    Admission make(std::size_t jobs, std::size_t per_origin = 0) {
        Admission::Limits limits(jobs);
        limits.per_origin = per_origin;
        return Admission(server, limits, rules, closed, loop);
    }

    test::FakeLoop loop;
    http::Policy policy;
    http::RetryRules rules;
    Event closed;
    test::ScriptedClient server;
    std::vector<std::string> ended;
    std::vector<Duration> ended_at;
};

TEST_F(AdmissionTest, LetsNoMoreOutThanThereAreJobs) {
    Admission admission = make(3);
    server.on("http://a/");
    get_all(admission, std::vector<std::string>(10, "http://a/"), 10ms);
    EXPECT_EQ(ended.size(), 10U);
    EXPECT_EQ(server.most_running(), 3U);
    EXPECT_EQ(admission.peak(), 3U);
}

TEST_F(AdmissionTest, KeepsAJobUntilTheResponseIsDropped) {
    Admission admission = make(1);
    server.on("http://a/");
    get_all(admission, {"http://a/", "http://a/"}, 10ms);
    EXPECT_EQ(ended_at, (std::vector<Duration>{10ms, 20ms}));
}

TEST_F(AdmissionTest, GivesTheJobBackWhenThereIsNoResponse) {
    Admission admission = make(1);
    server.on("http://a/").fails(Error(ErrorClass::Connect, "refused"));
    get_all(admission, {"http://a/", "http://a/"}, 0ms);
    EXPECT_EQ(ended.size(), 2U);
}

TEST_F(AdmissionTest, HoldsAnOriginToItsLimitAndNobodyElse) {
    Admission admission = make(8, 2);
    server.on("http://a/");
    server.on("http://b/");
    get_all(admission,
            {"http://a/", "http://a/", "http://a/", "http://a/", "http://a/", "http://b/"}, 10ms);
    EXPECT_EQ(server.most_running(), 3U);
    // b is out with the first two of a.
    EXPECT_EQ(ended_at, (std::vector<Duration>{10ms, 10ms, 10ms, 20ms, 20ms, 30ms}));
    EXPECT_EQ(ended[2], "http://b/");
}

TEST_F(AdmissionTest, TakesNoJobForARequestThatWaitsForItsOrigin) {
    Admission admission = make(2, 1);
    server.on("http://a/");
    server.on("http://b/");
    get_all(admission, {"http://a/", "http://a/", "http://a/", "http://b/"}, 10ms);
    EXPECT_EQ(ended[1], "http://b/");
    EXPECT_EQ(ended_at[1], Duration(10ms));
}

TEST_F(AdmissionTest, LetsARequestOutBeyondTheLimitsOnceItsTurnHasCome) {
    Admission admission = make(1, 1);
    server.on("http://a/");
    server.on("http://b/");
    Event turn;
    auto urgent = [&]() -> Task<void> {
        const http::Request request(*http::Url::parse("http://a/"), policy);
        http::Trace trace;
        trace.turn = &turn;
        const Result<std::unique_ptr<http::Response>> response =
            co_await admission.send(request, trace);
        ended.emplace_back("urgent");
    };
    auto all = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 50ms));
        group.start(get(admission, "http://b/", 50ms));
        group.start(urgent());
        auto come = [&]() -> Task<void> {
            co_await sleep_for(10ms);
            turn.set();
        };
        group.start(come());
        co_await group.join();
    };
    run(loop, all());
    EXPECT_EQ(ended, (std::vector<std::string>{"urgent", "http://a/", "http://b/"}));
    EXPECT_EQ(ended_at, (std::vector<Duration>{50ms, 100ms}));
    EXPECT_EQ(server.most_running(), 2U);
}

TEST_F(AdmissionTest, KeepsToItsLimitsWhileItForgetsIdleOrigins) {
    Admission admission = make(4, 1);
    std::vector<std::string> urls;
    for (int i = 0; i < 5000; ++i) {
        urls.push_back("http://host" + std::to_string(i) + "/");
        server.on(urls.back());
    }
    get_all(admission, urls, 1ms);
    EXPECT_EQ(ended.size(), 5000U);
    // A limit that was forgotten too early would let two out at once.
    EXPECT_EQ(server.most_running(), 4U);
}

TEST_F(AdmissionTest, LeavesAnOriginAloneThatAsksForIt) {
    Admission admission = make(1);
    server.on("http://a/", Script(429)).header("Retry-After", "2");
    server.on("http://a/", Script(200));
    server.on("http://b/");
    get_all(admission, {"http://a/", "http://a/", "http://b/"}, 10ms);
    EXPECT_EQ(ended, (std::vector<std::string>{"http://a/", "http://b/", "http://a/"}));
    EXPECT_EQ(ended_at, (std::vector<Duration>{10ms, 20ms, 2010ms}));
}

TEST_F(AdmissionTest, HeedsRetryAfterNoLongerThanTheRulesSay) {
    rules.after_max = 5s;
    Admission admission = make(1);
    server.on("http://a/", Script(503)).header("Retry-After", "86400");
    server.on("http://a/", Script(200));
    get_all(admission, {"http://a/", "http://a/"}, 0ms);
    EXPECT_EQ(ended_at, (std::vector<Duration>{0ms, 5s}));
}

TEST_F(AdmissionTest, TakesNoOtherAnswerForAPause) {
    Admission admission = make(1);
    server.on("http://a/", Script(500)).header("Retry-After", "2");
    server.on("http://a/", Script(200)).header("Retry-After", "2");
    server.on("http://a/", Script(429)).header("Retry-After", "soon");
    server.on("http://a/", Script(429));
    get_all(admission, std::vector<std::string>(5, "http://a/"), 0ms);
    EXPECT_EQ(ended_at.back(), Duration(0ms));
}

TEST_F(AdmissionTest, StartsTheClockOfAnAttemptWhenItIsLetOut) {
    Admission admission = make(1);
    server.on("http://a/");
    Seen second;
    const auto both = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 30ms));
        group.start(get(admission, "http://a/", 30ms, &second));
        co_await group.join();
    };
    run(loop, both());
    EXPECT_EQ(second.trace.started, TimePoint() + 30ms);
    EXPECT_EQ(second.trace.queued, Duration(30ms));
    EXPECT_EQ(second.trace.held_back, Duration(0));
    EXPECT_EQ(second.trace.attempts, 1U);
}

TEST_F(AdmissionTest, DoesNotCountTheWaitBetweenTwoHops) {
    Admission admission = make(1);
    server.on("http://a/");
    policy.max_time = 1s;
    http::Trace trace;
    trace.admit(TimePoint(), TimePoint());
    const auto second_hop = [&]() -> Task<void> {
        const http::Request request(*http::Url::parse("http://a/"), policy);
        Result<std::unique_ptr<http::Response>> response = co_await admission.send(request, trace);
    };
    const auto both = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 30ms));
        group.start(second_hop());
        co_await group.join();
    };
    run(loop, both());
    EXPECT_EQ(trace.attempts, 1U);
    EXPECT_EQ(server.sent()[1].attempt_by.when(), TimePoint() + 1s + 30ms);
}

TEST_F(AdmissionTest, HoldsBackWhoBringsMoreWhileSomebodyWaits) {
    Admission admission = make(1);
    server.on("http://a/");
    TimePoint turn;
    const auto bring = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        co_await admission.nobody_waits();
        turn = context.scheduler->now();
    };
    const auto all = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 10ms));
        group.start(get(admission, "http://a/", 10ms));
        group.start(bring());
        co_await group.join();
    };
    run(loop, all());
    EXPECT_EQ(turn, TimePoint() + 10ms);
}

TEST_F(AdmissionTest, LetsNobodyOutOnceItIsClosed) {
    Admission admission = make(1);
    server.on("http://a/", Script(429)).header("Retry-After", "60");
    server.on("http://b/");
    std::size_t cancelled = 0;
    const auto expect_cancelled = [&](std::string url) -> Task<void> {
        try {
            co_await get(admission, url, 10ms);
        } catch (const Cancelled&) {
            ++cancelled;
        }
    };
    const auto close = [&]() -> Task<void> {
        co_await sleep_for(15ms);
        closed.set();
    };
    const auto all = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 10ms));
        group.start(get(admission, "http://b/", 10ms));
        group.start(expect_cancelled("http://a/"));
        group.start(expect_cancelled("http://b/"));
        group.start(close());
        co_await group.join();
    };
    run(loop, all());
    EXPECT_EQ(cancelled, 2U);
    EXPECT_EQ(server.sent().size(), 2U);
    EXPECT_EQ(loop.now(), TimePoint() + 20ms);
}

TEST_F(AdmissionTest, GivesUpAWaitThatIsStopped) {
    Admission admission = make(1, 1);
    server.on("http://a/");
    const auto impatient = [&]() -> Task<void> {
        Task<void> request = get(admission, "http://a/", 0ms);
        const bool done = co_await timeout(std::move(request), Deadline(TimePoint() + 5ms));
        EXPECT_FALSE(done);
    };
    const auto both = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 10ms));
        group.start(impatient());
        co_await group.join();
    };
    run(loop, both());
    EXPECT_EQ(ended_at, (std::vector<Duration>{10ms}));
    EXPECT_EQ(server.sent().size(), 1U);
}

}  // namespace
}  // namespace runnel
