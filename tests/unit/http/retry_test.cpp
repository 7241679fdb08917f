#include "http/retry.hpp"

#include <optional>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "async/run.hpp"
#include "async/sleep.hpp"
#include "support/fake_loop.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;

TEST(IsIdempotent, IsTrueForIdempotentMethods) {
    for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"}) {
        EXPECT_TRUE(is_idempotent(method)) << method;
    }
    for (const char* method : {"POST", "PATCH", "CONNECT", "TRACE", "PURGE", "get", "GETS", ""}) {
        EXPECT_FALSE(is_idempotent(method)) << method;
    }
}

TEST(RetryRules, LimitTheWaitForAServer) {
    RetryRules rules;
    EXPECT_TRUE(rules.allow_wait(0s));
    EXPECT_TRUE(rules.allow_wait(5min));
    EXPECT_FALSE(rules.allow_wait(5min + 1s));
    rules.after_max = Duration::zero();
    EXPECT_TRUE(rules.allow_wait(24h));
}

TEST(RetryBudget, IsTenForTheFirstHundredRequests) {
    RetryBudget budget{RetryRules()};
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(budget.try_spend()) << i;
    }
    EXPECT_FALSE(budget.try_spend());
    for (int i = 0; i < 109; ++i) {
        budget.count_request();
    }
    EXPECT_FALSE(budget.try_spend());
    budget.count_request();
    EXPECT_TRUE(budget.try_spend());
    EXPECT_FALSE(budget.try_spend());
    EXPECT_EQ(budget.spent(), 11U);
    EXPECT_EQ(budget.refused(), 3U);
}

TEST(RetryBudget, IsATenthOfManyRequests) {
    RetryBudget budget{RetryRules()};
    int allowed = 0;
    for (int i = 0; i < 10'000; ++i) {
        budget.count_request();
        allowed += budget.try_spend() ? 1 : 0;
    }
    EXPECT_EQ(allowed, 1000);
    EXPECT_EQ(budget.spent(), 1000U);
    EXPECT_EQ(budget.refused(), 9000U);
}

TEST(RetryBudget, CountsWithoutALimit) {
    RetryRules rules;
    rules.budgeted = false;
    RetryBudget budget(rules);
    for (int i = 0; i < 1000; ++i) {
        EXPECT_TRUE(budget.try_spend());
    }
    EXPECT_EQ(budget.spent(), 1000U);
    EXPECT_EQ(budget.refused(), 0U);
}

class Retries : public testing::Test {
protected:
    Retries() { rules.retries = 2; }

    Retry input(std::string_view method = "GET") {
        return Retry(rules, budget, random, method, began);
    }
    std::optional<Duration> after(Retry& retry, ErrorClass error_class, int status = 0) {
        Trace trace;
        trace.status = status;
        trace.retry_after = retry_after;
        const Result<Duration> wait =
            retry.next(Error(error_class, "failed", 7), trace, now, paused_until);
        message = wait ? "" : wait.error().message();
        EXPECT_TRUE(wait || wait.error().error_class() == error_class);
        EXPECT_TRUE(wait || wait.error().code() == 7);
        return wait ? std::optional(*wait) : std::nullopt;
    }
    std::optional<Duration> refused(Retry& retry) { return after(retry, ErrorClass::Connect); }

    RetryRules rules;
    RetryBudget budget{rules};
    Backoff::Random random{1};
    TimePoint began = TimePoint(100s);
    TimePoint now = began;
    std::optional<TimePoint> paused_until;
    Duration retry_after{};
    std::string message;  ///< Of the last final failure; empty after a retry.
};

TEST_F(Retries, AreLimitedByTheRules) {
    Retry retry = input();
    EXPECT_TRUE(refused(retry));
    EXPECT_TRUE(refused(retry));
    EXPECT_FALSE(refused(retry));
    EXPECT_EQ(budget.spent(), 2U);
}

TEST_F(Retries, AreOffByDefault) {
    rules = RetryRules();
    Retry retry = input();
    EXPECT_FALSE(refused(retry));
    EXPECT_EQ(budget.spent(), 0U);
}

TEST_F(Retries, AreLimitedToFailuresInTheRules) {
    Retry retry = input();
    EXPECT_FALSE(after(retry, ErrorClass::TooLarge));
    EXPECT_FALSE(after(retry, ErrorClass::HttpStatus, 404));
    EXPECT_TRUE(after(retry, ErrorClass::HttpStatus, 503));
    EXPECT_TRUE(after(retry, ErrorClass::Truncated, 200));
}

TEST_F(Retries, AreLimitedToIdempotentMethodsByDefault) {
    Retry post = input("POST");
    EXPECT_FALSE(refused(post));
    Retry put = input("PUT");
    EXPECT_TRUE(refused(put));
    rules.non_idempotent = true;
    Retry allowed = input("POST");
    EXPECT_TRUE(refused(allowed));
}

TEST_F(Retries, WaitAsBackoffSays) {
    rules.retries = 10;
    Retry retry = input();
    Backoff::Random same(1);
    Backoff expected(same);
    for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(refused(retry), expected.next()) << i;
        now += 1s;
    }
}

TEST_F(Retries, WaitForAFixedDelay) {
    rules.retries = 5;
    rules.delay = 7s;
    Retry retry = input();
    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(refused(retry), 7s);
    }
}

TEST_F(Retries, BeginNoLaterThanTheTimeAfterTheFirstAttempt) {
    rules.retries = 10;
    rules.delay = 10s;
    rules.max_time = 30s;
    Retry retry = input();
    EXPECT_EQ(refused(retry), 10s);
    now = began + 20s;
    EXPECT_EQ(refused(retry), 10s);
    now = began + 20s + 1ns;
    EXPECT_FALSE(refused(retry));
    EXPECT_EQ(budget.spent(), 2U);
}

TEST_F(Retries, WaitForTheEndOfThePauseAndTheDelay) {
    rules.delay = 1s;
    paused_until = now + 60s;
    Retry retry = input();
    EXPECT_EQ(refused(retry), 61s);
    paused_until = now - 60s;
    EXPECT_EQ(refused(retry), 1s);
}

TEST_F(Retries, SpreadAfterAPause) {
    paused_until = now + 60s;
    Backoff::Random same(1);
    Retry retry = input();
    EXPECT_EQ(refused(retry), 60s + Backoff(same).next());
}

TEST_F(Retries, AreNotMadeWhenThePauseOutlastsTheirTime) {
    rules.delay = 1s;
    rules.max_time = 30s;
    Retry retry = input();
    paused_until = began + 29s;
    EXPECT_EQ(refused(retry), 30s);
    paused_until = began + 30s;
    EXPECT_FALSE(refused(retry));
}

TEST_F(Retries, AreNotMadeAfterALongRetryAfter) {
    Retry retry = input();
    retry_after = 5min;
    EXPECT_TRUE(after(retry, ErrorClass::HttpStatus, 503));
    retry_after = 5min + 1ms;
    EXPECT_FALSE(after(retry, ErrorClass::HttpStatus, 503));
    EXPECT_EQ(message,
              "failed; Retry-After is 301 s, longer than --retry-after-max (300 s): not retried");
    EXPECT_EQ(budget.spent(), 1U);
    rules.after_max = Duration::zero();
    EXPECT_TRUE(after(retry, ErrorClass::HttpStatus, 503));
}

TEST_F(Retries, NameTheRetryAfterOnlyIfItIsTheReason) {
    retry_after = 24h;
    Retry retry = input();
    EXPECT_FALSE(after(retry, ErrorClass::HttpStatus, 404));
    EXPECT_EQ(message, "failed");
    Retry post = input("POST");
    EXPECT_FALSE(after(post, ErrorClass::HttpStatus, 503));
    EXPECT_EQ(message, "failed");
}

TEST_F(Retries, EndWithTheBudget) {
    for (int i = 0; i < 10; ++i) {
        Retry retry = input();
        EXPECT_TRUE(refused(retry)) << i;
    }
    Retry retry = input();
    EXPECT_FALSE(refused(retry));
    EXPECT_EQ(budget.refused(), 1U);
}

TEST_F(Retries, AreNotChargedForFinalFailures) {
    rules.max_time = 1s;
    rules.delay = 2s;
    Retry late = input();
    EXPECT_FALSE(refused(late));
    Retry final = input();
    EXPECT_FALSE(after(final, ErrorClass::Decode));
    Retry post = input("POST");
    EXPECT_FALSE(refused(post));
    EXPECT_EQ(budget.spent(), 0U);
    EXPECT_EQ(budget.refused(), 0U);
}

TEST_F(Retries, CountEachInputAsOneRequest) {
    rules.delay = 1s;
    int allowed = 0;
    for (int i = 0; i < 1000; ++i) {
        Retry retry = input();
        while (refused(retry)) {
            ++allowed;
        }
    }
    EXPECT_EQ(allowed, 100);
}

TEST_F(Retries, SupportTheLongestPauses) {
    rules.delay = 24h * 36525;
    paused_until = now + 24h * 36525;
    Retry retry = input();
    EXPECT_EQ(refused(retry), 2 * rules.delay);
}

class RetrierTest : public testing::Test {
protected:
    /// Runs attempts that fail \a failures times, and returns the number of the last attempt or the
    /// message of the failure.
    std::string run_failing(int failures) {
        const Request request(*Url::parse("http://a/"), policy);
        int attempts = 0;
        const auto once = [&]() -> Task<Result<int>> {
            ++attempts;
            if (attempts <= failures) {
                co_return Error(ErrorClass::Connect, fmt::format("refused {}", attempts));
            }
            co_return attempts;
        };
        const auto before_retry = [&](const Error& failure, Duration wait) {
            log += failure.message() + ";";
            return sleep_for(wait);
        };
        const Result<int> last = run(loop, retrier.run(request, trace, once, before_retry));
        return last ? std::to_string(*last) : last.error().message();
    }

    test::FakeLoop loop;
    RetryRules rules;
    Policy policy;
    Trace trace;
    std::optional<TimePoint> paused_until;
    Retrier retrier{rules, loop, [this](const std::string& origin) {
                        EXPECT_EQ(origin, "http://a:80");
                        return paused_until;
                    }};
    std::string log;
};

TEST_F(RetrierTest, StopsAtTheFirstSuccess) {
    rules.retries = 5;
    rules.delay = 2s;
    EXPECT_EQ(run_failing(2), "3");
    EXPECT_EQ(log, "refused 1;refused 2;");
    EXPECT_EQ(loop.elapsed(), 4s);
}

TEST_F(RetrierTest, ReturnsTheFailureOfTheLastAttempt) {
    rules.retries = 2;
    rules.delay = 1s;
    EXPECT_EQ(run_failing(9), "refused 3");
    EXPECT_EQ(log, "refused 1;refused 2;");
    EXPECT_EQ(retrier.budget().spent(), 2U);
}

TEST_F(RetrierTest, WaitsForTheEndOfAPause) {
    rules.retries = 1;
    rules.delay = 1s;
    paused_until = loop.now() + 60s;
    EXPECT_EQ(run_failing(1), "2");
    EXPECT_EQ(loop.elapsed(), 61s);
}

}  // namespace
}  // namespace runnel::http
