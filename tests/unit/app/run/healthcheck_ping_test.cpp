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

TEST(Splay, DependsOnTheNameOfTheMachine) {
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
    EXPECT_GT(sum / 1000, 25min) << "evenly distributed";
    EXPECT_LT(sum / 1000, 35min);
}

TEST(PingUrl, AppendsToThePath) {
    EXPECT_EQ(ping_url("https://hc.example/id", "start"), "https://hc.example/id/start");
    EXPECT_EQ(ping_url("https://hc.example/id/", "0"), "https://hc.example/id/0");
    EXPECT_EQ(ping_url("https://hc.example/id?a=/b", "124"), "https://hc.example/id/124?a=/b");
    EXPECT_EQ(ping_url("https://hc.example", "start"), "https://hc.example/start");
}

TEST(LockFile, IsHeldByOneRun) {
    const std::string file = testing::TempDir() + "run_lock_test";
    {
        LockFile first;
        EXPECT_TRUE(*first.take(file));
        LockFile second;
        EXPECT_FALSE(*second.take(file));
    }
    LockFile third;
    EXPECT_TRUE(*third.take(file)) << "the first one was released";
    std::filesystem::remove(file);
}

TEST(LockFile, TakesAnEmptyName) {
    LockFile lock;
    EXPECT_TRUE(*lock.take(""));
}

TEST(LockFile, FailsForAFileThatCannotBeOpened) {
    LockFile lock;
    const Result<bool> taken = lock.take("/nowhere/lock");
    ASSERT_FALSE(taken.ok());
    EXPECT_EQ(taken.error().error_class(), ErrorClass::BadInput);
    EXPECT_TRUE(taken.error().message().starts_with("--lock: cannot lock /nowhere/lock: "));
}

class HealthcheckPingTest : public testing::Test {
protected:
    /// Runs \a step with a ping of these options, and returns what is logged.
    template <class Step>
    std::string logged_by(Step step) {
        testing::internal::CaptureStderr();
        Log log(Log::Level::Normal);
        const Result<http::Policy> policy = ping_policy(options, 0);
        EXPECT_TRUE(policy.ok());
        HealthcheckPing ping(options, *policy, loop, client, log);
        step(ping);
        return testing::internal::GetCapturedStderr();
    }
    std::vector<std::string> requests() const {
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

TEST_F(HealthcheckPingTest, PingsTheStartAndTheStatus) {
    options.ping = "http://hc/id";
    client.on("http://hc/id/start").piece("OK");
    client.on("http://hc/id/124").piece("OK");
    const std::string lines = logged_by([](HealthcheckPing& ping) {
        EXPECT_EQ(ping.begin(), ExitStatus::Success);
        ping.end(ExitStatus::Deadline);
    });
    EXPECT_EQ(lines, "");
    EXPECT_EQ(requests(),
              (std::vector<std::string>{"GET http://hc/id/start", "GET http://hc/id/124"}));
}

TEST_F(HealthcheckPingTest, SendsNothingWithoutAUrl) {
    logged_by([](HealthcheckPing& ping) {
        EXPECT_EQ(ping.begin(), ExitStatus::Success);
        ping.end(ExitStatus::Success);
    });
    EXPECT_TRUE(client.sent().empty());
}

TEST_F(HealthcheckPingTest, LogsAFailureWithoutThePath) {
    options.ping = "http://hc/secret";
    client.on("http://hc/secret/start", Script(404));
    client.on("http://hc/secret/0", Script(404));
    const std::string lines = logged_by([](HealthcheckPing& ping) {
        EXPECT_EQ(ping.begin(), ExitStatus::Success);
        ping.end(ExitStatus::Success);
    });
    const std::string line = "runnel: --ping: http://hc:80: http_status: status 404\n";
    EXPECT_EQ(lines, line + line);
}

TEST_F(HealthcheckPingTest, RetriesAPing) {
    options.ping = "http://hc/id";
    client.on("http://hc/id/0").fails(Error(ErrorClass::Connect, "refused"));
    client.on("http://hc/id/0").piece("OK");
    EXPECT_EQ(logged_by([](HealthcheckPing& ping) { ping.end(ExitStatus::Success); }), "");
    EXPECT_EQ(client.sent().size(), 2U);
}

TEST(PingPolicy, RefusesAnInvalidUrl) {
    ScheduleOptions options;
    options.ping = "ftp://hc/";
    const Result<http::Policy> policy = ping_policy(options, 0);
    ASSERT_FALSE(policy.ok());
    EXPECT_TRUE(policy.error().message().starts_with("--ping: "));
}

TEST(PingPolicy, SendsPingsToTheMock) {
    ScheduleOptions options;
    options.ping = "https://hc/";
    const Result<http::Policy> policy = ping_policy(options, 4711);
    ASSERT_TRUE(policy.ok());
    EXPECT_EQ(policy->routes.everything_to, 4711);
}

}  // namespace
}  // namespace runnel
