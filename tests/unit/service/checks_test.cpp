#include "service/checks.hpp"

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/fake_loop.hpp"
#include "support/scripted_client.hpp"
#include "support/tasks.hpp"
#include "support/throwing_client.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::Script;
using test::ScriptedClient;
using test::ThrowingClient;

class CheckRounds final : public CheckObserver {
public:
    void round_ended(const std::vector<CheckResult>& results) override {
        std::string round;
        for (const CheckResult& result : results) {
            round += std::string(round.empty() ? "" : " ") + std::string(to_string(result.state));
        }
        rounds.push_back(round);
    }

    std::vector<std::string> rounds;
};

class ChecksTest : public testing::Test {
protected:
    static std::string url(const std::string& name) { return "http://" + name + "/"; }

    CheckTarget& target(const std::string& name) {
        targets.emplace_back(name, url(name), http::Request(*http::Url::parse(url(name)), policy),
                             Assertions());
        return targets.back();
    }
    Script& answers(const std::string& name, int status = 200, Duration after = 0s) {
        return network.on(url(name), Script(status)).after(after);
    }

    /// Checks once; returns `state error` of the first target.
    std::string run_once(Duration limit = 0s) {
        Checks checks(targets, checker, loop, observer);
        run(loop, checks.run(Deadline::after(loop.now(), limit)));
        return store(checks);
    }
    std::string run_until_up(Duration limit, Duration interval) {
        Checks checks(targets, checker, loop, observer);
        run(loop, checks.run_until_up(Deadline::after(loop.now(), limit), interval));
        return store(checks);
    }

    std::string store(const Checks& checks) {
        results = checks.results();
        late = checks.deadline_passed();
        return shown(0);
    }
    [[nodiscard]] std::string shown(std::size_t index) const {
        const CheckResult& result = results[index];
        return std::string(to_string(result.state)) +
               (result.error ? " " + std::string(to_string(result.error->error_class())) : "");
    }

    FakeLoop loop;
    http::Policy policy;
    ScriptedClient network;
    ThrowingClient client{network};
    http::RetryRules rules;
    bool invert = false;
    Checker checker{client, rules, invert, loop};
    CheckRounds observer;
    std::vector<CheckTarget> targets;
    std::vector<CheckResult> results;
    bool late = false;
};

TEST_F(ChecksTest, AnExpectedStatusIsUp) {
    target("a");
    answers("a", 204, 20ms);
    EXPECT_EQ(run_once(), "up");
    EXPECT_EQ(results[0].seen.trace.status, 204);
    EXPECT_EQ(results[0].attempts, 1U);
    EXPECT_EQ(network.sent()[0].ending, ScriptedClient::Ending::Complete);
}

TEST_F(ChecksTest, AnUnexpectedStatusIsDownAndItsBodyIsStillChecked) {
    target("a").assertions.body = {*Pattern::parse("sorry")};
    answers("a", 503).piece("so").piece("rry");
    EXPECT_EQ(run_once(), "down http_status");
    EXPECT_EQ(results[0].error->message(), "status 503");
    EXPECT_EQ(results[0].assertions[1].level, AssertionResult::Level::Ok);
    EXPECT_EQ(results[0].seen.body_size, 5U);
    EXPECT_FALSE(results[0].seen.body) << "bodies are not kept";
}

TEST_F(ChecksTest, AFailedAssertionIsDown) {
    target("a").assertions.body = {*Pattern::parse("ok")};
    answers("a").piece("ko");
    EXPECT_EQ(run_once(), "down expect");
    EXPECT_EQ(results[0].error->message(), "body-re: expected =~ ok, got nothing");
}

TEST_F(ChecksTest, AWarningIsUp) {
    target("a").assertions.warn_time = 1ns;
    answers("a", 200, 20ms);
    EXPECT_EQ(run_once(), "warn");
    EXPECT_TRUE(results[0].is_up());
}

TEST_F(ChecksTest, ABodyThatEndsEarlyIsDown) {
    target("a");
    answers("a").piece("half").breaks(Error(ErrorClass::Truncated, "incomplete"));
    EXPECT_EQ(run_once(), "down truncated");
}

TEST_F(ChecksTest, TargetsAreCheckedConcurrently) {
    for (const char* name : {"a", "b", "c"}) {
        target(name);
        answers(name, 200, 100ms);
    }
    run_once();
    EXPECT_EQ(loop.elapsed(), 100ms);
    EXPECT_EQ(network.most_running(), 3U);
}

TEST_F(ChecksTest, ACheckInterruptedByTheDeadlineIsDown) {
    target("slow");
    target("fast");
    answers("slow", 200, 1h);
    answers("fast", 200, 10ms);
    EXPECT_EQ(run_once(1s), "down deadline");
    EXPECT_EQ(results[0].attempts, 1U);
    EXPECT_EQ(results[0].seen.trace.effective_url, "http://slow/")
        << "what was observed so far is kept";
    ASSERT_EQ(results[0].assertions.size(), 1U) << "with each assertion";
    EXPECT_EQ(results[0].assertions[0].level, AssertionResult::Level::Failed);
    EXPECT_EQ(shown(1), "up");
    EXPECT_TRUE(late);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 1s) << "no timer is left";
}

TEST_F(ChecksTest, ManyTargetsDoNotHoldUpTheDeadline) {
    for (int i = 0; i < 1000; ++i) {
        const std::string name = "h" + std::to_string(i);
        target(name);
        answers(name, 200, 1h);
    }
    Checks checks(targets, checker, loop, observer);
    run(loop, checks.run(Deadline::within(loop.now(), 0s)));
    EXPECT_LE(network.sent().size(), 64U);
    EXPECT_TRUE(checks.deadline_passed());
    for (const CheckResult& result : checks.results()) {
        ASSERT_TRUE(result.error);
        EXPECT_EQ(result.error->error_class(), ErrorClass::Deadline);
    }
}

TEST_F(ChecksTest, AFailureIsRetriedAsOftenAsAllowed) {
    rules.retries = 2;
    rules.delay = 1s;
    target("a");
    answers("a", 503);
    answers("a", 503);
    answers("a", 200);
    EXPECT_EQ(run_once(), "up");
    EXPECT_EQ(results[0].attempts, 3U);
    EXPECT_EQ(loop.elapsed(), 2s);
}

TEST_F(ChecksTest, WithoutRetriesOneFailureCounts) {
    target("a");
    answers("a", 503);
    answers("a", 200);
    EXPECT_EQ(run_once(), "down http_status");
    EXPECT_EQ(results[0].attempts, 1U);
}

TEST_F(ChecksTest, TheDeadlineKeepsTheResultOfTheLastAttempt) {
    rules.retries = 5;
    rules.delay = 1h;
    target("a");
    answers("a", 503);
    EXPECT_EQ(run_once(1s), "down http_status");
    EXPECT_TRUE(late);
}

TEST_F(ChecksTest, AnInvertedCheckExpectsTargetsToBeDown) {
    const bool yes = true;
    Checker inverted(client, rules, yes, loop);
    target("up");
    target("down");
    answers("up");
    answers("down").fails(Error(ErrorClass::Connect, "refused"));
    Checks checks(targets, inverted, loop, observer);
    run(loop, checks.run(Deadline::never()));
    EXPECT_EQ(store(checks), "down expect");
    EXPECT_EQ(shown(1), "up");
}

TEST_F(ChecksTest, AnUnexpectedExceptionFailsItsTargetOnly) {
    target("surprise");
    target("a");
    answers("a");
    EXPECT_EQ(run_once(), "down internal");
    EXPECT_EQ(shown(1), "up");
}

TEST_F(ChecksTest, WaitingRepeatsUntilAllAreUp) {
    target("a");
    target("b");
    answers("a", 503);
    answers("a", 200);
    answers("a", 200);
    answers("b", 200);
    answers("b", 503);
    answers("b", 200);
    EXPECT_EQ(run_until_up(1h, 1s), "up");
    EXPECT_EQ(observer.rounds, (std::vector<std::string>{"down up", "up down", "up up"}));
    EXPECT_EQ(loop.elapsed(), 2s);
    EXPECT_FALSE(late);
}

TEST_F(ChecksTest, ARoundLongerThanTheIntervalIsFollowedImmediately) {
    target("a");
    answers("a", 503, 3s);
    answers("a", 200, 0s);
    run_until_up(1h, 1s);
    EXPECT_EQ(loop.elapsed(), 3s);
}

TEST_F(ChecksTest, WaitingEndsAtTheDeadlineWithTheLastResults) {
    target("a");
    answers("a", 503);
    EXPECT_EQ(run_until_up(3500ms, 1s), "down http_status");
    EXPECT_EQ(observer.rounds.size(), 4U);
    EXPECT_TRUE(late);
    EXPECT_EQ(loop.elapsed(), 3500ms);
}

TEST_F(ChecksTest, AStopRequestEndsThem) {
    target("a");
    answers("a", 200, 1h);
    Checks checks(targets, checker, loop, observer);
    test::StopAfter stop(loop, 5ms);
    EXPECT_THROW(run(loop, checks.run(Deadline::never()), stop.token()), Cancelled);
    EXPECT_EQ(loop.elapsed(), 5ms);
    EXPECT_EQ(network.running(), 0U);
}

TEST_F(ChecksTest, ACheckInterruptedByAStopRequestIsDown) {
    for (const char* name : {"slow", "up", "down"}) {
        target(name);
    }
    answers("slow", 200, 1h);
    answers("up");
    answers("down", 503);
    Checks checks(targets, checker, loop, observer);
    test::StopAfter stop(loop, 5ms);
    EXPECT_THROW(run(loop, checks.run(Deadline::never()), stop.token()), Cancelled);
    EXPECT_EQ(store(checks), "down interrupted");
    EXPECT_EQ(shown(1), "up");
    EXPECT_EQ(shown(2), "down http_status");
    EXPECT_FALSE(late);
}

}  // namespace
}  // namespace runnel
