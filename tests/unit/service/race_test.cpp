#include "service/race.hpp"

#include <chrono>
#include <random>
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
using State = RaceAttempt::State;

/// Records the calls: `name state` for each attempt, `name class again` for each retry, `decided`.
class CallRecorder final : public RaceObserver {
public:
    void retrying(const Source& source, const Error& failure, Duration /*wait*/) override {
        list.push_back(source.name + " " + std::string(to_string(failure.error_class())) +
                       " again");
    }
    void ended(const RaceAttempt& attempt) override {
        list.push_back(attempt.source->name + " " + std::string(to_string(attempt.state)));
    }
    void decided(const Race& race) override {
        list.emplace_back("decided");
        ++decisions;
        asked_when_decided = 0;
        for (const RaceAttempt& attempt : race.attempts()) {
            asked_when_decided += attempt.state == State::Pending ? 0 : 1;
        }
    }

    std::vector<std::string> list;
    int decisions = 0;
    std::size_t asked_when_decided = 0;
};

class RaceTest : public testing::Test {
protected:
    static std::string url(const std::string& name) { return "http://" + name + "/"; }

    /// Adds a source and scripts its response.
    Script& source(const std::string& name, Duration after = Duration::zero()) {
        sources.emplace_back(name, http::Request(*http::Url::parse(url(name)), policy));
        return network.on(url(name)).after(after);
    }
    void answers(const std::string& name, Duration after, const std::string& body) {
        source(name, after).piece(body);
    }
    void fails(const std::string& name, Duration after) {
        source(name, after).fails(Error(ErrorClass::Connect, "refused"));
    }

    /// Runs the race; returns `name value` of the winner, otherwise the outcome.
    std::string run_race(Duration limit = 0s, std::stop_token stop = {}) {
        Race race(sources, rules, network, loop, calls);
        run(loop, race.run(Deadline::after(loop.now(), limit)), std::move(stop));
        took = race.took();
        states.clear();
        errors.clear();
        for (const RaceAttempt& attempt : race.attempts()) {
            states.emplace_back(to_string(attempt.state));
            errors.emplace_back(attempt.error ? to_string(attempt.error->error_class()) : "");
        }
        if (race.outcome() == Race::Outcome::Answered) {
            return race.winner()->source->name + " " + race.winner()->value;
        }
        return race.outcome() == Race::Outcome::Deadline ? "deadline" : "no answer";
    }

    FakeLoop loop;
    ScriptedClient network;
    http::Policy policy;
    RaceRules rules;
    std::vector<Source> sources;
    CallRecorder calls;
    Duration took{};
    std::vector<std::string> states;
    std::vector<std::string> errors;
};

using Names = std::vector<std::string>;

TEST_F(RaceTest, TakesTheFirstAnswerAndCancelsTheRest) {
    answers("slow", 2s, "c");
    answers("fast", 100ms, " a\n");
    answers("middle", 300ms, "b");
    EXPECT_EQ(run_race(), "fast a");
    EXPECT_EQ(took, 100ms);
    EXPECT_EQ(loop.elapsed(), 100ms);
    EXPECT_EQ(states, (Names{"cancelled", "won", "cancelled"}));
    EXPECT_EQ(errors, (Names{"cancelled", "", "cancelled"}));
    EXPECT_EQ(network.running(), 0U);
    loop.drain();
    EXPECT_EQ(loop.elapsed(), 100ms) << "a timer of a loser is left";
}

TEST_F(RaceTest, ReportsTheDecisionBeforeLosersAreClosed) {
    source("loser").piece("never", 1h);
    answers("winner", 1ms, "a");
    EXPECT_EQ(run_race(), "winner a");
    EXPECT_EQ(calls.list, (Names{"winner won", "loser cancelled", "decided"}));
    EXPECT_EQ(network.sent()[0].ending, ScriptedClient::Ending::Dropped);
}

TEST_F(RaceTest, OtherResponsesAreInvalidOrFailed) {
    fails("refused", 0ms);
    source("broken", 1ms).piece("hal").breaks(Error(ErrorClass::Truncated, "cut"));
    sources.emplace_back("status", http::Request(*http::Url::parse(url("status")), policy));
    network.on(url("status"), Script(500)).after(2ms).piece("1.2.3.4");
    answers("html", 3ms, "<html>1.2.3.4</html>");
    answers("good", 4ms, "1.2.3.4");
    for (Source& each : sources) {
        each.validators.emplace_back(Validator::Kind::Ip);
    }
    EXPECT_EQ(run_race(), "good 1.2.3.4");
    EXPECT_EQ(states, (Names{"failed", "failed", "invalid", "invalid", "won"}));
    EXPECT_EQ(errors, (Names{"connect", "truncated", "http_status", "expect", ""}));
}

TEST_F(RaceTest, AnUnusableResponseIsInvalid) {
    source("long").breaks(Error(ErrorClass::TooLarge, "too long"));
    source("packed").breaks(Error(ErrorClass::Decode, "corrupt"));
    source("lost").fails(Error(ErrorClass::Redirect, "more than 10"));
    EXPECT_EQ(run_race(), "no answer");
    EXPECT_EQ(states, (Names{"invalid", "invalid", "invalid"}));
}

TEST_F(RaceTest, EndsWhenNoSourceIsLeft) {
    fails("one", 10ms);
    fails("two", 20ms);
    EXPECT_EQ(run_race(1h), "no answer");
    EXPECT_EQ(loop.elapsed(), 20ms);
    EXPECT_EQ(calls.list, (Names{"one failed", "two failed", "decided"}));
}

TEST_F(RaceTest, EndsAtItsDeadline) {
    fails("one", 10ms);
    answers("late", 2s, "a");
    EXPECT_EQ(run_race(1s), "deadline");
    EXPECT_EQ(took, 1s);
    EXPECT_EQ(states, (Names{"failed", "cancelled"}));
    EXPECT_EQ(errors, (Names{"connect", "deadline"}));
    EXPECT_EQ(network.running(), 0U);
}

TEST_F(RaceTest, EndsImmediatelyWhenTheDeadlineHasPassed) {
    answers("one", 1ms, "a");
    Race race(sources, rules, network, loop, calls);
    run(loop, race.run(Deadline(loop.now() - 1s)));
    EXPECT_EQ(race.outcome(), Race::Outcome::Deadline);
    EXPECT_EQ(loop.elapsed(), 0ms);
}

TEST_F(RaceTest, StaggersTheStarts) {
    rules.stagger = 200ms;
    answers("one", 450ms, "a");
    answers("two", 1s, "b");
    answers("three", 1s, "c");
    answers("four", 1s, "d");
    EXPECT_EQ(run_race(), "one a");
    EXPECT_EQ(states, (Names{"won", "cancelled", "cancelled", "pending"}));
    EXPECT_EQ(took, 450ms);
}

TEST_F(RaceTest, AFailureStartsTheNextSourceImmediately) {
    rules.stagger = 10s;
    fails("refused", 0ms);
    answers("empty", 30ms, "");
    answers("good", 5ms, "a");
    answers("spare", 5ms, "b");
    for (Source& each : sources) {
        each.validators.emplace_back(Validator::Kind::NonEmpty);
    }
    EXPECT_EQ(run_race(), "good a");
    EXPECT_EQ(took, 35ms);
    EXPECT_EQ(states, (Names{"failed", "invalid", "won", "pending"}));
}

TEST_F(RaceTest, TheStaggerCountsFromThePreviousStart) {
    rules.stagger = 100ms;
    fails("one", 50ms);  // starts the second at 50
    answers("two", 1s, "b");
    answers("three", 20ms, "c");  // starts at 150
    EXPECT_EQ(run_race(), "three c");
    EXPECT_EQ(took, 170ms);
}

TEST_F(RaceTest, TwoFailuresInOneTurnStartTwoSources) {
    rules.stagger = 1s;
    rules.quorum = 2;
    fails("one", 50ms);
    fails("two", 50ms);
    answers("three", 20ms, "c");
    answers("four", 20ms, "c");
    EXPECT_EQ(run_race(), "three c");
    EXPECT_EQ(took, 70ms);
}

TEST_F(RaceTest, AQuorumNeedsEqualAnswers) {
    rules.quorum = 2;
    answers("liar", 10ms, "x");
    answers("first", 20ms, "a");
    answers("second", 30ms, "a");
    answers("late", 40ms, "a");
    EXPECT_EQ(run_race(), "first a");
    EXPECT_EQ(took, 30ms);
    EXPECT_EQ(states, (Names{"valid", "won", "agreed", "cancelled"}));
}

TEST_F(RaceTest, AsManyAsTheQuorumNeedsStartImmediately) {
    rules.quorum = 2;
    rules.stagger = 1s;
    answers("one", 20ms, "a");
    answers("two", 30ms, "a");
    answers("three", 1ms, "a");
    EXPECT_EQ(run_race(), "one a");
    EXPECT_EQ(took, 30ms);
    EXPECT_EQ(calls.asked_when_decided, 2U);
}

TEST_F(RaceTest, EndsWhenTheQuorumCannotBeReached) {
    rules.quorum = 3;
    answers("one", 10ms, "a");
    fails("two", 20ms);
    answers("three", 30ms, "b");
    answers("four", 1h, "a");
    EXPECT_EQ(run_race(), "no answer");
    EXPECT_EQ(took, 30ms) << "a, b and one more answer are not three equal ones";
    EXPECT_EQ(states, (Names{"valid", "failed", "valid", "cancelled"}));
}

TEST_F(RaceTest, ATieHasNoWinner) {
    rules.quorum = 2;
    answers("one", 10ms, "a");
    answers("two", 20ms, "b");
    EXPECT_EQ(run_race(), "no answer");
    EXPECT_EQ(states, (Names{"valid", "valid"}));
}

TEST_F(RaceTest, WaitsForAllSources) {
    rules.all = true;
    answers("slow", 300ms, "a");
    fails("broken", 20ms);
    answers("fast", 100ms, "a");
    answers("other", 200ms, "b");
    EXPECT_EQ(run_race(), "fast a");
    EXPECT_EQ(took, 300ms);
    EXPECT_EQ(calls.list,
              (Names{"broken failed", "fast won", "other valid", "slow agreed", "decided"}));
}

TEST_F(RaceTest, WaitingForAllMayEndWithoutAnAnswer) {
    rules.all = true;
    fails("one", 10ms);
    fails("two", 20ms);
    EXPECT_EQ(run_race(), "no answer");
    EXPECT_EQ(took, 20ms);
}

TEST_F(RaceTest, WaitingForAllEndsAtTheDeadline) {
    rules.all = true;
    rules.stagger = 600ms;
    answers("fast", 100ms, "a");
    answers("late", 1h, "b");
    answers("never", 1h, "b");
    EXPECT_EQ(run_race(1s), "deadline");
    EXPECT_EQ(states, (Names{"won", "cancelled", "pending"}));
}

TEST_F(RaceTest, AnUnexpectedExceptionFailsItsSourceOnly) {
    source("surprise");
    answers("good", 10ms, "a");
    ThrowingClient client(network);
    Race race(sources, rules, client, loop, calls);
    run(loop, race.run(Deadline::never()));
    EXPECT_EQ(race.winner()->value, "a");
    EXPECT_EQ(race.attempts()[0].state, State::Failed);
    EXPECT_EQ(race.attempts()[0].error->error_class(), ErrorClass::Internal);
    EXPECT_EQ(race.attempts()[0].error->message(), "a surprise");
}

TEST_F(RaceTest, RetriesAsOftenAsAllowed) {
    rules.retry.retries = 1;
    rules.retry.delay = 100ms;
    source("flaky").fails(Error(ErrorClass::Connect, "refused"));
    network.on(url("flaky")).piece("a");
    EXPECT_EQ(run_race(), "flaky a");
    EXPECT_EQ(took, 100ms);
    EXPECT_EQ(network.sent().size(), 2U);
    EXPECT_EQ(calls.list, (Names{"flaky connect again", "flaky won", "decided"}));
}

TEST_F(RaceTest, DoesNotRetryByDefault) {
    source("flaky").fails(Error(ErrorClass::Connect, "refused"));
    network.on(url("flaky")).piece("a");
    EXPECT_EQ(run_race(), "no answer");
    EXPECT_EQ(network.sent().size(), 1U);
}

TEST_F(RaceTest, AStopRequestInterruptsIt) {
    rules.all = true;
    rules.stagger = 4ms;
    answers("one", 1h, "a");
    answers("two", 1ms, "b");
    fails("three", 1h);
    answers("four", 1h, "a");
    const test::StopAfter stop(loop, 10ms);
    Race race(sources, rules, network, loop, calls);
    EXPECT_THROW(run(loop, race.run(Deadline::never()), stop.token()), Cancelled);
    EXPECT_EQ(race.outcome(), Race::Outcome::Interrupted);
    EXPECT_EQ(race.took(), 10ms);
    EXPECT_EQ(calls.list, (Names{"two won", "one cancelled", "three cancelled", "decided"}));
    EXPECT_EQ(race.attempts()[0].error->error_class(), ErrorClass::Interrupted);
    EXPECT_EQ(race.attempts()[3].state, State::Pending);
    EXPECT_EQ(network.running(), 0U);
}

TEST_F(RaceTest, TwoAnswersInOneTurnHaveOneWinner) {
    answers("one", 10ms, "a");
    answers("two", 10ms, "b");
    EXPECT_EQ(run_race(), "one a");
    EXPECT_EQ(states, (Names{"won", "cancelled"}));
    EXPECT_EQ(calls.decisions, 1);
}

/// An answer, a stop request and the deadline come in the same turn, in any order, or 1 ns apart.
TEST(RaceAndDeadline, HaveExactlyOneOutcomeTenThousandTimes) {
    std::minstd_rand random(4711);
    const auto near = [&random](Duration moment) {
        return moment + std::chrono::nanoseconds(static_cast<int>(random() % 3) - 1);
    };
    int answered = 0;
    int interrupted = 0;
    for (int round = 0; round < 10'000; ++round) {
        FakeLoop loop;
        ScriptedClient network;
        http::Policy policy;
        std::vector<Source> sources;
        RaceRules rules;
        CallRecorder calls;
        for (const char* name : {"a", "b", "c"}) {
            const std::string url = std::string("http://") + name + "/";
            sources.emplace_back(name, http::Request(*http::Url::parse(url), policy));
            Script& script = network.on(url);
            if (random() % 2 == 0) {
                script.after(near(10ms)).piece(name);
            } else {
                script.piece(name, near(10ms));
            }
        }
        const test::StopAfter stop(loop, round % 3 == 0 ? near(10ms) : 1h);
        Race race(sources, rules, network, loop, calls);
        try {
            run(loop, race.run(Deadline(loop.now() + near(10ms))), stop.token());
        } catch (const Cancelled&) {
            ASSERT_EQ(round % 3, 0);
        }
        ASSERT_EQ(calls.decisions, 1);
        ASSERT_EQ(network.running(), 0U);
        const auto won = std::ranges::count_if(race.attempts(), [](const RaceAttempt& attempt) {
            return attempt.state == State::Won;
        });
        ASSERT_EQ(won, race.outcome() == Race::Outcome::Answered ? 1 : 0);
        ASSERT_EQ(race.winner() != nullptr, race.outcome() == Race::Outcome::Answered);
        for (const RaceAttempt& attempt : race.attempts()) {
            ASSERT_TRUE(attempt.is_over());
        }
        answered += race.outcome() == Race::Outcome::Answered ? 1 : 0;
        interrupted += race.outcome() == Race::Outcome::Interrupted ? 1 : 0;
    }
    EXPECT_GT(interrupted, 100);
    EXPECT_GT(answered, 1000);
    EXPECT_LT(answered, 9900) << "the deadline never came first";
}

}  // namespace
}  // namespace runnel
