#include "app/run/healthcheck_ping.hpp"

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "app/run/lock_file.hpp"
#include "support/scripted_client.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using test::Script;

TEST(Splay, IsTheSameForAMachineAndAnotherForTheNext) {
    EXPECT_EQ(splay_of("web1", 1h), splay_of("web1", 1h));
    EXPECT_EQ(splay_of("web1", 2h) / 2, splay_of("web1", 1h));
    std::set<Duration> delays;
    Duration sum{};
    for (int machine = 0; machine < 1000; ++machine) {
        const Duration delay = splay_of("web" + std::to_string(machine), 1h);
        EXPECT_GE(delay, 0s);
        EXPECT_LT(delay, 1h);
        delays.insert(delay);
        sum += delay;
    }
    EXPECT_EQ(delays.size(), 1000U);
    EXPECT_GT(sum / 1000, 25min) << "they are spread over all of the time";
    EXPECT_LT(sum / 1000, 35min);
}

TEST(PingUrl, GoesOnBehindThePath) {
    EXPECT_EQ(ping_url("https://hc.example/id", "start"), "https://hc.example/id/start");
    EXPECT_EQ(ping_url("https://hc.example/id/", "0"), "https://hc.example/id/0");
    EXPECT_EQ(ping_url("https://hc.example/id?a=/b", "124"), "https://hc.example/id/124?a=/b");
    EXPECT_EQ(ping_url("https://hc.example", "start"), "https://hc.example/start");
}

TEST(LockFile, IsHeldByOne) {
    const std::string file = testing::TempDir() + "run_lock_test";
    {
        LockFile first;
        EXPECT_TRUE(*first.take(file));
        LockFile second;
        EXPECT_FALSE(*second.take(file));
    }
    LockFile third;
    EXPECT_TRUE(*third.take(file)) << "the first one has let go";
    std::filesystem::remove(file);
}

TEST(LockFile, OfNothingIsNone) {
    LockFile lock;
    EXPECT_TRUE(*lock.take(""));
}

TEST(LockFile, NeedsAFile) {
    LockFile lock;
    const Result<bool> taken = lock.take("/nowhere/lock");
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error().error_class(), ErrorClass::BadInput);
    EXPECT_TRUE(taken.error().message().starts_with("--lock: cannot lock /nowhere/lock: "));
}

class CronMannersTest : public testing::Test {
protected:
    /// What is told on stderr while \a step is done with manners of these options.
    template <class Step>
    std::string told(Step step) {
        testing::internal::CaptureStderr();
        Log log(Log::Level::Normal);
        const Result<http::Policy> policy = ping_policy(options, http::Policy());
        EXPECT_TRUE(policy.ok());
        HealthcheckPing manners(options, *policy, loop, client, log);
        step(manners);
        return testing::internal::GetCapturedStderr();
    }
    std::vector<std::string> asked() const {
        std::vector<std::string> urls;
        for (const auto& sent : client.sent()) {
            urls.push_back(sent.method + " " + sent.url);
        }
        return urls;
    }

    Loop loop;
    ScheduleOptions options;
    test::ScriptedClient client;
};

TEST_F(CronMannersTest, TellOfTheStartAndOfTheEnd) {
    options.ping = "http://hc/id";
    client.on("http://hc/id/start").piece("OK");
    client.on("http://hc/id/124").piece("OK");
    const std::string words = told([](HealthcheckPing& manners) {
        EXPECT_EQ(manners.begin(), ExitStatus::Success);
        manners.end(ExitStatus::Deadline);
    });
    EXPECT_EQ(words, "");
    EXPECT_EQ(asked(),
              (std::vector<std::string>{"GET http://hc/id/start", "GET http://hc/id/124"}));
}

TEST_F(CronMannersTest, DoNothingUnlessTheyAreAskedTo) {
    told([](HealthcheckPing& manners) {
        EXPECT_EQ(manners.begin(), ExitStatus::Success);
        manners.end(ExitStatus::Success);
    });
    EXPECT_TRUE(client.sent().empty());
}

TEST_F(CronMannersTest, APingThatFailsIsToldWithoutItsPath) {
    options.ping = "http://hc/secret";
    client.on("http://hc/secret/start", Script(404));
    const std::string words =
        told([](HealthcheckPing& manners) { EXPECT_EQ(manners.begin(), ExitStatus::Success); });
    EXPECT_EQ(words, "runnel: --ping: http://hc:80: http_status: status 404\n");
}

TEST_F(CronMannersTest, APingIsTriedAgain) {
    options.ping = "http://hc/id";
    client.on("http://hc/id/0").fails(Error(ErrorClass::Connect, "refused"));
    client.on("http://hc/id/0").piece("OK");
    EXPECT_EQ(told([](HealthcheckPing& manners) { manners.end(ExitStatus::Success); }), "");
    EXPECT_EQ(client.sent().size(), 2U);
}

TEST(PingPolicy, RefusesWhatIsNoUrl) {
    ScheduleOptions options;
    options.ping = "ftp://hc/";
    const Result<http::Policy> policy = ping_policy(options, http::Policy());
    ASSERT_FALSE(policy.ok());
    EXPECT_TRUE(policy.error().message().starts_with("--ping: "));
}

TEST(PingPolicy, KeepsPingsInTheMock) {
    ScheduleOptions options;
    options.ping = "https://hc/";
    http::Policy mocked;
    mocked.carry_everything_to(4711);
    mocked.family = http::Family::IPv6;
    const Result<http::Policy> policy = ping_policy(options, mocked);
    ASSERT_TRUE(policy.ok());
    EXPECT_EQ(policy->routes.everything_to, 4711);
    EXPECT_EQ(policy->family, http::Family::Any) << "it is no request of the run";
}

}  // namespace
}  // namespace runnel
