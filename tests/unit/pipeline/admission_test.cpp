#include "pipeline/admission.hpp"

#include <cerrno>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "http/shortage.hpp"
#include "support/fake_loop.hpp"
#include "support/scripted_client.hpp"
#include "support/tasks.hpp"

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
    using Strings = std::vector<std::string>;

    /// Sends a request and keeps its response for \a hold.
    Task<void> get(Admission& admission, std::string url, Duration hold, Seen* seen = nullptr) {
        const Context& context = co_await this_task::context();
        const Result<http::Url> target = http::Url::parse(url);
        const http::Request request(*target, policy);
        http::Trace trace;
        Result<std::unique_ptr<http::Response>> response =
            co_await admission.send(request, http::SendOptions(), trace);
        if (!response) {
            ++failures[response.error().error_class()];
        }
        co_await sleep_for(hold);
        ended.push_back(url);
        ended_at.push_back(context.scheduler->now() - TimePoint());
        if (seen != nullptr) {
            seen->trace = std::move(trace);
        }
    }

    /// Sends requests to all \a urls at once.
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
        return Admission(server, Admission::Limits(jobs, per_origin), rules, loop, &closing);
    }

    Admission make(const Admission::Limits& limits) {
        return Admission(server, limits, rules, loop, &closing);
    }
    Task<void> get_later(Admission& admission, Duration wait, std::string url) {
        co_await sleep_for(wait);
        co_await get(admission, std::move(url), 0ms);
    }
    /// Sends a request that may exceed the limits once \a turn is set.
    Task<void> get_in_turn(Admission& admission, Event& turn) {
        const http::Request request(*http::Url::parse("http://a/"), policy);
        http::Trace trace;
        http::SendOptions options;
        options.turn = &turn;
        const Result<std::unique_ptr<http::Response>> response =
            co_await admission.send(request, options, trace);
        ended.emplace_back("urgent");
    }
    void pass(Duration span) { run(loop, test::done_after(span)); }
    [[nodiscard]] std::size_t failed(ErrorClass error_class) { return failures[error_class]; }

    test::FakeLoop loop;
    http::Policy policy;
    http::RetryRules rules;
    Event closing;
    std::map<ErrorClass, std::size_t> failures;
    test::ScriptedClient server;
    std::vector<std::string> ended;
    std::vector<Duration> ended_at;
};

TEST_F(AdmissionTest, SendsAtMostAsManyRequestsAsJobs) {
    Admission admission = make(3);
    server.on("http://a/");
    get_all(admission, std::vector<std::string>(10, "http://a/"), 10ms);
    EXPECT_EQ(ended.size(), 10U);
    EXPECT_EQ(server.most_running(), 3U);
    EXPECT_EQ(admission.peak(), 3U);
}

TEST_F(AdmissionTest, KeepsAJobUntilTheResponseIsDestroyed) {
    Admission admission = make(1);
    server.on("http://a/");
    get_all(admission, {"http://a/", "http://a/"}, 10ms);
    EXPECT_EQ(ended_at, (std::vector<Duration>{10ms, 20ms}));
}

TEST_F(AdmissionTest, ReleasesTheJobWithoutAResponse) {
    Admission admission = make(1);
    server.on("http://a/").fails(Error(ErrorClass::Connect, "refused"));
    get_all(admission, {"http://a/", "http://a/"}, 0ms);
    EXPECT_EQ(ended.size(), 2U);
}

TEST_F(AdmissionTest, HasFewerJobsIfTheSystemLacksResources) {
    Admission admission = make(4);
    std::vector<std::string> reasons;
    Admission::Reports reports;
    reports.fewer_jobs = [&](const Error& why) { reasons.push_back(why.message()); };
    admission.report_to(std::move(reports));
    server.on("http://a/");
    server.on("http://b/").fails(http::shortage(EMFILE));
    server.on("http://b/");
    get_all(admission,
            {"http://a/", "http://a/", "http://a/", "http://b/", "http://a/", "http://a/"}, 10ms);
    EXPECT_EQ(failures.size(), 0U);
    EXPECT_EQ(ended.size(), 6U);
    EXPECT_EQ(reasons.size(), 1U);
    EXPECT_NE(reasons.front().find("ulimit -n"), std::string::npos);
    // Three at a time from then on: b takes the place of a response to a.
    EXPECT_EQ(ended_at, (std::vector<Duration>{10ms, 10ms, 10ms, 20ms, 20ms, 20ms}));
    EXPECT_EQ(server.most_running(), 4U);
    EXPECT_EQ(admission.out(), 0U);
}

TEST_F(AdmissionTest, CountsNoTimeInWhichARequestWaitsForResources) {
    Admission admission = make(2);
    server.on("http://a/");
    server.on("http://b/").fails(http::shortage(EMFILE));
    server.on("http://b/");
    Seen second;
    auto both = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 30ms));
        group.start(get(admission, "http://b/", 0ms, &second));
        co_await group.join();
    };
    run(loop, both());
    EXPECT_EQ(second.trace.held_back, Duration(30ms));
    EXPECT_EQ(second.trace.attempts, 1U);
}

TEST_F(AdmissionTest, SendsNothingAfterClosingThatWaitedForResources) {
    Admission admission = make(2);
    server.on("http://a/");
    server.on("http://b/").fails(http::shortage(EMFILE));
    server.on("http://b/");
    bool cancelled = false;
    auto both = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 30ms));
        auto second = [&]() -> Task<void> {
            try {
                co_await get(admission, "http://b/", 0ms);
            } catch (const Cancelled&) {
                cancelled = true;
            }
        };
        group.start(second());
        co_await sleep_for(10ms);
        closing.set();
        co_await group.join();
    };
    run(loop, both());
    EXPECT_TRUE(cancelled);
    EXPECT_EQ(server.sent().size(), 2U);
}

TEST_F(AdmissionTest, DoesNotWaitForResourcesThatNoOtherRequestHolds) {
    Admission admission = make(4);
    server.on("http://a/").fails(http::shortage(EMFILE));
    get_all(admission, {"http://a/", "http://a/"}, 0ms);
    EXPECT_EQ(failed(ErrorClass::Internal), 2U);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST_F(AdmissionTest, DoesNotWaitForResourcesOfRequestsThatWaitForItsTurn) {
    Admission admission = make(4);
    Event turn;
    server.on("http://b/");
    server.on("http://a/").fails(http::shortage(EMFILE));
    auto both = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://b/", 1s));
        group.start(get_in_turn(admission, turn));
        co_await sleep_for(10ms);
        turn.set();
        co_await sleep_for(10ms);
        EXPECT_EQ(admission.out(), 1U);
        co_await group.join();
    };
    run(loop, both());
    EXPECT_EQ(server.sent().size(), 3U);
}

TEST_F(AdmissionTest, LimitsOneOriginWithoutDelayingOthers) {
    Admission admission = make(8, 2);
    server.on("http://a/");
    server.on("http://b/");
    get_all(admission,
            {"http://a/", "http://a/", "http://a/", "http://a/", "http://a/", "http://b/"}, 10ms);
    EXPECT_EQ(server.most_running(), 3U);
    // b is sent with the first two requests to a.
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

TEST_F(AdmissionTest, SendsARequestBeyondTheLimitsWhenItsTurnHasCome) {
    Admission admission = make(1, 1);
    server.on("http://a/");
    server.on("http://b/");
    Event turn;
    auto all = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 50ms));
        group.start(get(admission, "http://b/", 50ms));
        group.start(get_in_turn(admission, turn));
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

TEST_F(AdmissionTest, KeepsTheLimitsWhileItRemovesIdleOrigins) {
    Admission admission = make(4, 1);
    std::vector<std::string> urls;
    for (int i = 0; i < 5000; ++i) {
        urls.push_back("http://host" + std::to_string(i) + "/");
        server.on(urls.back());
    }
    get_all(admission, urls, 1ms);
    EXPECT_EQ(ended.size(), 5000U);
    // Removing the state of an origin early would allow two at once.
    EXPECT_EQ(server.most_running(), 4U);
}

TEST_F(AdmissionTest, PausesAnOriginOnRetryAfter) {
    Admission admission = make(1);
    server.on("http://a/", Script(429)).header("Retry-After", "2");
    server.on("http://a/", Script(200));
    server.on("http://b/");
    get_all(admission, {"http://a/", "http://a/", "http://b/"}, 10ms);
    EXPECT_EQ(ended, (std::vector<std::string>{"http://a/", "http://b/", "http://a/"}));
    EXPECT_EQ(ended_at, (std::vector<Duration>{10ms, 20ms, 2010ms}));
}

TEST_F(AdmissionTest, PausesNoOriginForLongerThanTheRulesAllow) {
    rules.after_max = 5s;
    Admission admission = make(1);
    server.on("http://a/", Script(503)).header("Retry-After", "6");
    server.on("http://a/", Script(503)).header("Retry-After", "5");
    server.on("http://a/", Script(200));
    get_all(admission, {"http://a/", "http://a/", "http://a/"}, 0ms);
    EXPECT_EQ(ended_at, (std::vector<Duration>{0ms, 0ms, 5s}));
}

TEST_F(AdmissionTest, ReportsTheFirstPauseOfEachOrigin) {
    rules.after_max = 5s;
    Admission admission = make(1);
    std::vector<std::pair<std::string, Duration>> pauses;
    Admission::Reports reports;
    reports.paused = [&](const std::string& origin, Duration length) {
        pauses.emplace_back(origin, length);
    };
    admission.report_to(std::move(reports));
    server.on("http://a/", Script(429)).header("Retry-After", "6");
    server.on("http://a/", Script(429)).header("Retry-After", "2");
    server.on("http://a/", Script(429)).header("Retry-After", "3");
    server.on("http://a/");
    server.on("http://b/", Script(503)).header("Retry-After", "1");
    server.on("http://c/");
    get_all(admission,
            {"http://a/", "http://a/", "http://a/", "http://a/", "http://b/", "http://c/"}, 0ms);
    EXPECT_EQ(pauses, (std::vector<std::pair<std::string, Duration>>{{"http://a:80", 2s},
                                                                     {"http://b:80", 1s}}));
}

TEST_F(AdmissionTest, RecordsTheRetryAfterOfTheLastResponse) {
    Admission admission = make(1);
    server.on("http://a/", Script(503)).header("Retry-After", "86400");
    server.on("http://b/", Script(200)).header("Retry-After", "86400");
    Seen busy;
    Seen fine;
    run(loop, get(admission, "http://a/", 0ms, &busy));
    run(loop, get(admission, "http://b/", 0ms, &fine));
    EXPECT_EQ(busy.trace.retry_after, Duration(24h));
    EXPECT_EQ(fine.trace.retry_after, Duration::zero());
}

TEST_F(AdmissionTest, IgnoresRetryAfterInOtherResponses) {
    Admission admission = make(1);
    server.on("http://a/", Script(500)).header("Retry-After", "2");
    server.on("http://a/", Script(200)).header("Retry-After", "2");
    server.on("http://a/", Script(429)).header("Retry-After", "soon");
    server.on("http://a/", Script(429));
    get_all(admission, std::vector<std::string>(5, "http://a/"), 0ms);
    EXPECT_EQ(ended_at.back(), Duration(0ms));
}

TEST_F(AdmissionTest, StartsTheTimeOfAnAttemptWhenItIsAdmitted) {
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
        Result<std::unique_ptr<http::Response>> response =
            co_await admission.send(request, http::SendOptions(), trace);
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

TEST_F(AdmissionTest, ReportsAnEmptyQueueWhenNoRequestWaitsForAJob) {
    Admission admission = make(1);
    server.on("http://a/");
    TimePoint turn;
    const auto bring = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        co_await admission.queue_empty();
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

TEST_F(AdmissionTest, AdmitsNoAttemptsAfterClosing) {
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
        closing.set();
    };
    const auto all = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 10ms));
        group.start(get(admission, "http://b/", 10ms));
        group.start(expect_cancelled("http://a/"));
        group.start(expect_cancelled("http://b/"));
        group.start(close());
        group.start(admission.reject_once_closing());
        co_await group.join();
    };
    run(loop, all());
    EXPECT_EQ(cancelled, 2U);
    EXPECT_EQ(server.sent().size(), 2U);
    EXPECT_EQ(loop.now(), TimePoint() + 20ms);
}

TEST_F(AdmissionTest, CancelsAWait) {
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

// Rates

TEST_F(AdmissionTest, LimitsTheRateOfOneOriginWithoutDelayingOthers) {
    Admission::Limits limits(4);
    limits.host_rate = Rate(10, 1s);
    Admission admission = make(limits);
    server.on("http://a/");
    server.on("http://b/");
    Strings urls(100, "http://a/");
    urls.emplace_back("http://b/");
    get_all(admission, urls, 0ms);
    EXPECT_GE(loop.elapsed(), 9800ms);
    EXPECT_LE(loop.elapsed(), 9900ms);
    EXPECT_LE(std::find(ended.begin(), ended.end(), "http://b/") - ended.begin(), 2);
}

TEST_F(AdmissionTest, LimitsTheOverallRate) {
    Admission::Limits limits(4);
    limits.rate = Rate(10, 1s);
    Admission admission = make(limits);
    Strings urls;
    for (int i = 0; i < 50; ++i) {
        urls.push_back("http://host" + std::to_string(i) + "/");
        server.on(urls.back());
    }
    get_all(admission, urls, 0ms);
    EXPECT_EQ(ended, urls);
    EXPECT_GE(loop.elapsed(), 4800ms);
    EXPECT_LE(loop.elapsed(), 4900ms);
}

TEST_F(AdmissionTest, UsesNoRateWhileItWaitsForAJob) {
    Admission::Limits limits(1);
    limits.rate = Rate(10, 1s);
    Admission admission = make(limits);
    server.on("http://a/");
    server.on("http://slow/").after(10s);
    Strings urls(20, "http://a/");
    urls.insert(urls.begin(), "http://slow/");
    get_all(admission, urls, 0ms);
    // Ten seconds without starts are not caught up by a burst.
    EXPECT_GE(loop.elapsed(), 11700ms);
    EXPECT_LE(loop.elapsed(), 12s);
}

TEST_F(AdmissionTest, KeepsTheRatesWhenItsTurnHasCome) {
    Admission::Limits limits(4);
    limits.host_rate = Rate(1, 1s);
    Admission admission = make(limits);
    server.on("http://a/");
    Event turn;
    turn.set();
    const auto all = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(get(admission, "http://a/", 0ms));
        group.start(get(admission, "http://a/", 0ms));
        group.start(get_in_turn(admission, turn));
        co_await group.join();
    };
    run(loop, all());
    EXPECT_EQ(ended, (Strings{"http://a/", "urgent", "http://a/"}));
    EXPECT_EQ(loop.elapsed(), 2s - RateLimiter::kBurst);
}

// now_or_never

TEST_F(AdmissionTest, SendsANowOrNeverRequestAtOnceOrFails) {
    Admission admission = make(1);
    server.on("http://a/");
    const auto both = [&]() -> Task<void> {
        const http::Request request(*http::Url::parse("http://a/"), policy);
        http::Trace trace;
        http::SendOptions at_once;
        at_once.now_or_never = true;
        Result<std::unique_ptr<http::Response>> first =
            co_await admission.send(request, at_once, trace);
        EXPECT_TRUE(first.ok());
        EXPECT_TRUE(trace.let_out);
        http::Trace other;
        Result<std::unique_ptr<http::Response>> second =
            co_await admission.send(request, at_once, other);
        EXPECT_FALSE(second.ok());
        EXPECT_FALSE(other.let_out);
        first->reset();
        closing.set();
        Result<std::unique_ptr<http::Response>> third =
            co_await admission.send(request, at_once, other);
        EXPECT_FALSE(third.ok());
    };
    run(loop, both());
    EXPECT_EQ(loop.elapsed(), 0ms);
    EXPECT_EQ(server.sent().size(), 1U);
}

// The breaker

class BreakerTest : public AdmissionTest {
protected:
    static Admission::Limits limits(std::size_t jobs = 50) {
        Admission::Limits with_breaker(jobs);
        with_breaker.breaker = 5;
        return with_breaker;
    }
    Script& black_hole(const std::string& url) {
        return server.on(url).after(10s).fails(Error(ErrorClass::Connect, "timed out", 28));
    }
};

TEST_F(BreakerTest, LimitsAnUnreachableOriginToOneTimeoutAndFiveAttempts) {
    Admission admission = make(limits());
    black_hole("http://hole/");
    server.on("http://b/");
    Strings urls;
    for (int i = 0; i < 1000; ++i) {
        urls.emplace_back("http://hole/");
        urls.emplace_back("http://b/");
    }
    get_all(admission, urls, 1ms);
    EXPECT_EQ(failed(ErrorClass::Connect), 5U);
    EXPECT_EQ(failed(ErrorClass::HostDown), 995U);
    EXPECT_LE(loop.elapsed(), 10s + 1ms);
    EXPECT_EQ(server.sent().size(), 1005U);
    EXPECT_EQ(ended[999], "http://b/") << "delayed by the unreachable origin";
}

TEST_F(BreakerTest, AllowsMoreRequestsAfterTheFirstConnection) {
    Admission admission = make(limits());
    server.on("http://a/").connects(1ms).after(100ms);
    get_all(admission, Strings(50, "http://a/"), 0ms);
    EXPECT_EQ(server.most_running(), 50U);
    EXPECT_EQ(loop.elapsed(), 101ms);
}

TEST_F(BreakerTest, AbortsRequestsThatAreStillConnecting) {
    Admission admission = make(limits());
    server.on("http://a/").connects(0ms).after(1ms);
    server.on("http://a/").connects(0ms).after(60s);  // connected, and waits for its answer
    black_hole("http://a/");
    get_all(admission, {"http://a/"}, 0ms);
    const auto one_each_second = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        for (int i = 0; i < 10; ++i) {
            group.start(get_later(admission, i * 1s, "http://a/"));
        }
        co_await group.join();
    };
    pass(1s);
    run(loop, one_each_second());
    EXPECT_EQ(failed(ErrorClass::Connect), 5U);
    EXPECT_EQ(failed(ErrorClass::HostDown), 4U);
    EXPECT_EQ(ended.size(), 11U);
    // The fifth failure is that of the request started after 5 s.
    EXPECT_EQ(ended_at[9] - ended_at[0], 16s);
    EXPECT_EQ(ended_at[10] - ended_at[0], 61s);
}

TEST_F(BreakerTest, ClosesAfterOneProbe) {
    Admission admission = make(limits());
    for (int i = 0; i < 5; ++i) {
        server.on("http://a/").fails(Error(ErrorClass::Connect, "refused", 7));
    }
    server.on("http://a/").fails(Error(ErrorClass::Connect, "refused", 7));  // the first probe
    server.on("http://a/").connects(10ms).after(20ms);
    get_all(admission, Strings(6, "http://a/"), 0ms);
    EXPECT_EQ(failed(ErrorClass::HostDown), 1U);
    pass(900ms);
    get_all(admission, {"http://a/"}, 0ms);
    EXPECT_EQ(failed(ErrorClass::HostDown), 2U);
    pass(100ms);
    get_all(admission, {"http://a/", "http://a/"}, 0ms);
    EXPECT_EQ(failed(ErrorClass::Connect), 6U) << "one of the two was the probe";
    EXPECT_EQ(failed(ErrorClass::HostDown), 3U);
    pass(1s);
    get_all(admission, {"http://a/", "http://a/"}, 0ms);
    EXPECT_EQ(failed(ErrorClass::HostDown), 4U);
    get_all(admission, Strings(20, "http://a/"), 0ms);
    EXPECT_EQ(failed(ErrorClass::HostDown), 4U);
    EXPECT_EQ(ended.size(), 6U + 1U + 2U + 2U + 20U);
}

TEST_F(BreakerTest, IgnoresACancelledProbe) {
    Admission admission = make(limits());
    for (int i = 0; i < 5; ++i) {
        server.on("http://a/").fails(Error(ErrorClass::Connect, "refused", 7));
    }
    server.on("http://a/").after(1h);
    server.on("http://a/");
    get_all(admission, Strings(5, "http://a/"), 0ms);
    pass(1s);
    const auto impatient = [&]() -> Task<void> {
        Task<void> request = get(admission, "http://a/", 0ms);
        const bool done = co_await timeout(std::move(request), Deadline(loop.now() + 5ms));
        EXPECT_FALSE(done);
    };
    run(loop, impatient());
    pass(1s);
    get_all(admission, {"http://a/"}, 0ms);
    EXPECT_EQ(failed(ErrorClass::HostDown), 0U);
}

TEST_F(BreakerTest, CountsOnlyFailuresToConnect) {
    Admission admission = make(limits());
    const auto ask = [&](const std::string& url, const Error& error) {
        server.on(url).fails(error);
        get_all(admission, Strings(20, url), 0ms);
        return std::exchange(failures, {})[ErrorClass::HostDown];
    };
    EXPECT_EQ(ask("http://a/", Error(ErrorClass::Dns, "no such name", 6)), 0U);
    EXPECT_EQ(ask("http://b/", Error(ErrorClass::Tls, "expired", 60)), 0U);
    EXPECT_EQ(ask("http://c/", Error(ErrorClass::Blocked, "private", 7)), 0U);
    EXPECT_EQ(ask("http://d/", Error(ErrorClass::Dns, "takes too long", 28)), 15U);
    EXPECT_EQ(ask("http://e/", Error(ErrorClass::Timeout, "not finished", 28)), 15U);
    EXPECT_EQ(ask("http://f/", Error(ErrorClass::Proxy, "refused", 7)), 15U);
    server.on("http://g/").connects(0ms);
    EXPECT_EQ(ask("http://g/", Error(ErrorClass::Connect, "reset", 56)), 0U);
}

TEST_F(BreakerTest, IgnoresATimeoutAfterEarlierHops) {
    Admission admission = make(limits());
    server.on("http://a/").fails(Error(ErrorClass::Timeout, "not finished", 28));
    const auto second_hop = [&]() -> Task<void> {
        const http::Request request(*http::Url::parse("http://a/"), policy);
        http::Trace trace;
        trace.admit(loop.now(), loop.now());
        const Result<std::unique_ptr<http::Response>> response =
            co_await admission.send(request, http::SendOptions(), trace);
        EXPECT_EQ(response.error().error_class(), ErrorClass::Timeout);
    };
    for (int i = 0; i < 10; ++i) {
        run(loop, second_hop());
    }
}

TEST_F(BreakerTest, ReportsWhyTheOriginIsDown) {
    Admission admission = make(limits());
    black_hole("http://a/");
    get_all(admission, Strings(5, "http://a/"), 0ms);
    const auto once_more = [&]() -> Task<void> {
        const http::Request request(*http::Url::parse("http://a/"), policy);
        http::Trace trace;
        const Result<std::unique_ptr<http::Response>> response =
            co_await admission.send(request, http::SendOptions(), trace);
        EXPECT_NE(response.error().message().find("timed out"), std::string::npos);
        EXPECT_EQ(trace.attempts, 0U);
    };
    run(loop, once_more());
}

TEST_F(BreakerTest, CanBeSwitchedOff) {
    Admission admission = make(50);
    black_hole("http://a/");
    get_all(admission, Strings(100, "http://a/"), 0ms);
    EXPECT_EQ(failed(ErrorClass::Connect), 100U);
    EXPECT_EQ(server.most_running(), 50U);
}

TEST_F(BreakerTest, ForgetsOriginsOfWhichThereIsNothingToRemember) {
    Admission admission = make(limits());
    Strings urls;
    for (int i = 0; i < 20'000; ++i) {
        urls.push_back("http://host" + std::to_string(i) + "/");
        server.on(urls.back());
    }
    for (const std::string& url : urls) {
        get_all(admission, {url}, 0ms);
    }
    EXPECT_LT(admission.origins(), 1500U);
}

// -j auto

TEST_F(AdmissionTest, FindsTheLimitOfAnOrigin) {
    Admission::Limits limits(500);
    limits.adaptive = true;
    Admission admission = make(limits);
    server.on("http://a/").after(20ms);
    get_all(admission, Strings(5000, "http://a/"), 0ms);
    EXPECT_EQ(server.most_running(), 500U);
    ASSERT_NE(admission.limit_changes(), nullptr);
    EXPECT_EQ(admission.limit_changes()->raised(), 7U);
    EXPECT_EQ(admission.limit_changes()->lowered(), 0U);
    EXPECT_EQ(admission.limit_changes()->latest().back().limit, 500U);
    EXPECT_EQ(admission.limit_changes()->latest().back().origin, "http://a:80");
}

TEST_F(AdmissionTest, LowersTheLimitOfAnOriginThatRefuses) {
    Admission::Limits limits(500);
    limits.adaptive = true;
    Admission admission = make(limits);
    server.on("http://a/", Script(503)).after(20ms);
    get_all(admission, Strings(20, "http://a/"), 0ms);
    EXPECT_EQ(server.most_running(), 4U);
    EXPECT_EQ(admission.limit_changes()->latest().back().limit, 1U);
    EXPECT_EQ(admission.limit_changes()->lowered(), 2U);
}

TEST_F(AdmissionTest, KeepsAdaptiveLimitsBelowTheGivenOnes) {
    Admission::Limits limits(500, 10);
    limits.adaptive = true;
    Admission admission = make(limits);
    server.on("http://a/").after(20ms);
    get_all(admission, Strings(1000, "http://a/"), 0ms);
    EXPECT_EQ(server.most_running(), 10U);
    EXPECT_EQ(make(500).limit_changes(), nullptr);
}

}  // namespace
}  // namespace runnel
