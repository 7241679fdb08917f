#include "service/race_summary.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/fake_loop.hpp"
#include "support/scripted_client.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::FakeLoop;
using test::ScriptedClient;

class IgnoringObserver final : public RaceObserver {
public:
    void retrying(const Source& /*source*/, const Error& /*failure*/, Duration /*wait*/) override {}
    void ended(const RaceAttempt& /*attempt*/) override {}
    void decided(const Race& /*race*/) override {}
};

std::string json_of(const Race& race, const RaceAnswer& answer) {
    std::string out;
    JsonObjectWriter object(out);
    append_members(race, answer, object);
    object.end();
    return out;
}

class RaceSummary : public testing::Test {
protected:
    test::Script& source(const std::string& name, Duration after) {
        const std::string url = "http://u:secret@" + name + "/";
        sources.emplace_back(name, http::Request(*http::Url::parse(url), policy));
        return network.on(url).after(after);
    }

    /// Runs the race for at most an hour; returns what \a summarise returns for it.
    template <class Summarise>
    std::string run_race(const Summarise& summarise) {
        Race race(sources, rules, network, loop, observer);
        run(loop, race.run(Deadline::after(loop.now(), 1h)));
        return summarise(race);
    }
    std::string why() { return run_race(&why_unanswered); }

    FakeLoop loop;
    ScriptedClient network;
    http::Policy policy;
    RaceRules rules;
    std::vector<Source> sources;
    IgnoringObserver observer;
};

TEST_F(RaceSummary, IsOneObjectWithItsAttempts) {
    source("broken", 5ms).fails(Error(ErrorClass::Connect, "refused"));
    source("good", 1500ms).piece("a\"b");
    source("slow", 1h).piece("c");
    const std::string json = run_race([](const Race& race) {
        RaceAnswer answer;
        answer.ok = true;
        answer.value = race.winner()->value;
        answer.source = "good";
        return json_of(race, answer);
    });
    EXPECT_EQ(
        json,
        R"({"type":"race","ok":true,"value":"a\"b","source":"good","time_total":1.500000,)"
        R"("attempts":[{"name":"broken","url":"http://***@broken/","state":"failed",)"
        R"("value":null,"error":"connect","time_total":0.005000},)"
        R"({"name":"good","url":"http://***@good/","state":"won","value":"a\"b","error":null,)"
        R"("time_total":1.500000},{"name":"slow","url":"http://***@slow/","state":"cancelled",)"
        R"("value":null,"error":"cancelled","time_total":1.500000}]})");
}

TEST_F(RaceSummary, HasNullsForMissingValues) {
    rules.stagger = 2h;
    source("slow", 2h).piece("c");
    source("spare", 1h).piece("c");
    const std::string json = run_race([](const Race& race) { return json_of(race, RaceAnswer()); });
    EXPECT_EQ(json.substr(0, 74),
              R"({"type":"race","ok":false,"value":null,"source":null,"time_total":3600.000)");
    EXPECT_NE(json.find(R"("state":"pending","value":null,"error":null,"time_total":null}]})"),
              std::string::npos);
}

TEST_F(RaceSummary, SaysThatNoSourceAnswered) {
    source("one", 1ms).fails(Error(ErrorClass::Connect, "refused"));
    source("two", 1ms).status = 500;
    EXPECT_EQ(why(), "none of 2 sources gave an answer");
}

TEST_F(RaceSummary, SaysThatTheDeadlinePassed) {
    source("one", 1ms).fails(Error(ErrorClass::Connect, "refused"));
    source("two", 2h);
    source("three", 2h);
    EXPECT_EQ(why(), "the deadline passed before 2 of 3 sources had answered");
}

TEST_F(RaceSummary, SaysThatItWasInterrupted) {
    source("one", 1ms).fails(Error(ErrorClass::Connect, "refused"));
    source("two", 2h);
    const test::StopAfter stop(loop, 1s);
    Race race(sources, rules, network, loop, observer);
    EXPECT_THROW(run(loop, race.run(Deadline::never()), stop.token()), Cancelled);
    EXPECT_EQ(why_unanswered(race), "the race was interrupted before 1 of 2 sources had answered");
}

TEST_F(RaceSummary, SaysHowManyDisagreed) {
    rules.quorum = 4;
    source("one", 1ms).piece("a");
    source("two", 2ms).piece("b");
    source("three", 3ms).piece("b");
    source("four", 4ms).fails(Error(ErrorClass::Connect, "refused"));
    source("five", 2h).piece("b");
    EXPECT_EQ(why(), "no 4 equal answers: 2 for \"b\", 1 for \"a\", 1 not waited for");
}

TEST_F(RaceSummary, SaysThatItIsATie) {
    rules.quorum = 2;
    source("one", 1ms).piece("a");
    source("two", 2ms).piece("b");
    EXPECT_EQ(why(), "a tie, no 2 equal answers: 1 for \"a\", 1 for \"b\"");
}

}  // namespace
}  // namespace runnel
