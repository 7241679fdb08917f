#include "http/resolver.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include <gtest/gtest.h>
#include <signal.h>

#include "async/gather.hpp"
#include "async/sleep.hpp"
#include "async/timeout.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

/// A name server that counts look-ups, and answers, fails, or blocks until it is released.
class NameServer {
public:
    Result<Names> operator()(const std::string& host) {
        std::unique_lock lock(mutex_);
        ++asked_[host];
        most_inside_ = std::max(most_inside_, ++inside_);
        changed_.notify_all();
        changed_.wait(lock, [&] { return !host.starts_with("hung") || released_; });
        --inside_;
        if (host.starts_with("fail")) {
            return Error(ErrorClass::Dns, host + ": no", 6);
        }
        return Names(1, "192.0.2." + std::to_string(asked_[host]));
    }
    void release() {
        const std::scoped_lock lock(mutex_);
        released_ = true;
        changed_.notify_all();
    }
    int asked(const std::string& host) {
        const std::scoped_lock lock(mutex_);
        return asked_[host];
    }
    int most_inside() {
        const std::scoped_lock lock(mutex_);
        return most_inside_;
    }
    void wait_until_inside(int count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return inside_ >= count; });
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::map<std::string, int> asked_;
    int inside_ = 0;
    int most_inside_ = 0;
    bool released_ = false;
};

Resolver::Lookup ask(const std::shared_ptr<NameServer>& server) {
    return [server](const std::string& host) { return (*server)(host); };
}

/// Returns the addresses of a host, or the error message.
Names look_up(Loop& loop, Resolver& resolver, const std::string& host) {
    const Result<Addresses> found = run(loop, resolver.resolve(host));
    if (found) {
        return **found;
    }
    EXPECT_EQ(found.error().error_class(), ErrorClass::Dns);
    EXPECT_EQ(found.error().code(), 6);
    return Names(1, found.error().message());
}

std::vector<Result<Addresses>> look_up_all(Loop& loop, Resolver& resolver, const Names& hosts) {
    std::vector<Task<Result<Addresses>>> tasks;
    for (const std::string& host : hosts) {
        tasks.push_back(resolver.resolve(host));
    }
    const auto all = [&]() -> Task<std::vector<Outcome<Result<Addresses>>>> {
        co_return co_await gather_outcomes(std::move(tasks));
    };
    std::vector<Result<Addresses>> answers;
    for (Outcome<Result<Addresses>>& outcome : run(loop, all())) {
        answers.push_back(outcome.get());
    }
    return answers;
}

/// Cancels the look-up of \a host after \a limit; returns whether it was answered.
bool answers_within(Loop& loop, Resolver& resolver, const std::string& host, Duration limit) {
    const Deadline deadline = Deadline::after(loop.now(), limit);
    return run(loop, timeout(resolver.resolve(host), deadline)).has_value();
}

void pass(Loop& loop, Duration time) {
    const auto task = [&]() -> Task<void> { co_await sleep_for(time); };
    run(loop, task());
}

template <class Condition>
bool soon(Loop& loop, Condition condition) {
    for (int i = 0; i < 2000 && !condition(); ++i) {
        pass(loop, 5ms);
    }
    return condition();
}

class ResolverTest : public testing::Test {
protected:
    ~ResolverTest() override { server->release(); }

    /// Looks \a host up and cancels as soon as a thread is inside the look-up.
    void leave_hanging(Resolver& resolver, const std::string& host) {
        while (server->asked(host) == 0) {
            EXPECT_FALSE(answers_within(loop, resolver, host, 1ms));
        }
    }

    Loop loop;
    std::shared_ptr<NameServer> server = std::make_shared<NameServer>();
    Resolver::Options options;
};

TEST_F(ResolverTest, RecognizesNumericHosts) {
    for (const char* host : {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "[::1]", "::",
                             "2001:db8::1", "[::ffff:192.0.2.1]", "fe80::1%eth0", "[fe80::1%25]"}) {
        EXPECT_TRUE(Resolver::is_numeric(host)) << host;
    }
    for (const char* host : {"", "localhost", "1.2.3", "1.2.3.4.5", "256.1.1.1", "[127.0.0.1]",
                             "[]", "[", "::g", "1.2.3.4 ", "[::1", "::1]", "%", "example.test"}) {
        EXPECT_FALSE(Resolver::is_numeric(host)) << host;
    }
    EXPECT_FALSE(Resolver::is_numeric(std::string_view("::1\0x", 5)));
}

TEST_F(ResolverTest, ReturnsNumericHostsAndTheLoopbackWithoutAThread) {
    Resolver resolver(loop, options, ask(server));
    EXPECT_EQ(look_up(loop, resolver, "192.0.2.7"), Names{"192.0.2.7"});
    EXPECT_EQ(look_up(loop, resolver, "2001:db8::1"), Names{"2001:db8::1"});
    EXPECT_EQ(look_up(loop, resolver, "[2001:DB8::1]"), Names{"2001:DB8::1"});
    const Names loopback = {"127.0.0.1", "::1"};
    for (const char* host :
         {"localhost", "LocalHost", "localhost.", "a.localhost", "a.b.localhost.", "LOCALHOST."}) {
        EXPECT_EQ(look_up(loop, resolver, host), loopback) << host;
    }
    EXPECT_EQ(resolver.threads(), 0U);
    EXPECT_EQ(look_up(loop, resolver, "notlocalhost"), Names{"192.0.2.1"});
    EXPECT_EQ(look_up(loop, resolver, "localhost.test"), Names{"192.0.2.1"});
}

TEST_F(ResolverTest, RefusesInvalidNames) {
    Resolver resolver(loop, options, ask(server));
    EXPECT_EQ(look_up(loop, resolver, ""), Names{": is not a host name"});
    const std::string with_nul("a\0b", 3);
    EXPECT_EQ(look_up(loop, resolver, with_nul), Names{with_nul + ": is not a host name"});
    EXPECT_EQ(resolver.threads(), 0U);
}

TEST_F(ResolverTest, AsksTheSystem) {
    Resolver resolver(loop);
    // Not localhost, because a minimal system has no /etc/hosts.
    const Result<Names> direct = Resolver::system_lookup("127.0.0.1");
    ASSERT_TRUE(direct.ok());
    EXPECT_NE(std::find(direct->begin(), direct->end(), "127.0.0.1"), direct->end());
    // getaddrinfo() refuses a label of more than 63 characters.
    const std::string host = std::string(70, 'x') + ".invalid";
    const Names failed = look_up(loop, resolver, host);
    EXPECT_TRUE(failed[0].starts_with(host + ": ")) << failed[0];
    EXPECT_GT(failed[0].size(), host.size() + 5);
}

TEST_F(ResolverTest, TreatsATrailingDotAsAnotherName) {
    Resolver resolver(loop, options, ask(server));
    look_up(loop, resolver, "example.test");
    look_up(loop, resolver, "Example.TEST.");
    EXPECT_EQ(server->asked("example.test"), 1);
    EXPECT_EQ(server->asked("example.test."), 1);
}

TEST_F(ResolverTest, ReturnsAtMostSixteenDistinctAddresses) {
    const auto many = [](const std::string& host) -> Result<Names> {
        Names found;
        for (int i = 0; i < 40 && host != "none"; ++i) {
            found.push_back("192.0.2." + std::to_string(i / 2));
        }
        return found;
    };
    Resolver resolver(loop, options, many);
    const Names found = look_up(loop, resolver, "many");
    ASSERT_EQ(found.size(), kMaxAddresses);
    EXPECT_EQ(found.front(), "192.0.2.0");
    EXPECT_EQ(found.back(), "192.0.2.15");
    EXPECT_EQ(look_up(loop, resolver, "none"), Names{"none: has no address"});
}

TEST_F(ResolverTest, MergesSimultaneousLookupsOfOneHost) {
    Resolver resolver(loop, options, ask(server));
    Names hosts(50, "hung.test");
    hosts.resize(100, "HUNG.Test");
    std::jthread releaser([&] {
        server->wait_until_inside(1);
        server->release();
    });
    const auto answers = look_up_all(loop, resolver, hosts);
    ASSERT_EQ(answers.size(), 100U);
    for (const Result<Addresses>& answer : answers) {
        ASSERT_TRUE(answer.ok());
        EXPECT_EQ(answer.value(), answers.front().value()) << "one list, shared";
    }
    EXPECT_EQ(server->asked("hung.test"), 1);
    EXPECT_EQ(resolver.threads(), 1U);
}

TEST_F(ResolverTest, CachesAnswers) {
    options.keep_failure = 1h;
    Resolver resolver(loop, options, ask(server));
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(look_up(loop, resolver, "a.test"), Names{"192.0.2.1"});
        EXPECT_EQ(look_up(loop, resolver, "fail.test"), Names{"fail.test: no"});
    }
    EXPECT_EQ(server->asked("a.test"), 1);
    EXPECT_EQ(server->asked("fail.test"), 1);
    EXPECT_EQ(resolver.hosts_kept(), 2U);
}

TEST_F(ResolverTest, IgnoresCachedAnswersIfAsked) {
    Resolver resolver(loop, options, ask(server));
    for (int i = 1; i <= 3; ++i) {
        const Result<Addresses> found =
            run(loop, resolver.resolve("a.test", Resolver::Cached::Ignore));
        EXPECT_EQ(**found, Names{"192.0.2." + std::to_string(i)});
    }
    EXPECT_EQ(look_up(loop, resolver, "a.test"), Names{"192.0.2.3"});
    EXPECT_EQ(resolver.hosts_kept(), 1U);
}

TEST_F(ResolverTest, LooksUpAgainAfterTheLifetime) {
    options.keep_success = 30ms;
    options.keep_failure = 10ms;
    Resolver resolver(loop, options, ask(server));
    for (int i = 1; i <= 3; ++i) {
        EXPECT_EQ(look_up(loop, resolver, "a.test"), Names{"192.0.2." + std::to_string(i)});
        EXPECT_EQ(look_up(loop, resolver, "fail.test"), Names{"fail.test: no"});
        pass(loop, 40ms);
    }
    EXPECT_EQ(server->asked("fail.test"), 3);
    EXPECT_EQ(resolver.hosts_kept(), 2U);
}

TEST_F(ResolverTest, EvictsTheOldestAnswer) {
    options.max_hosts = 2;
    Resolver resolver(loop, options, ask(server));
    for (const char* host : {"a", "b", "a", "c", "b", "a"}) {
        look_up(loop, resolver, host);
    }
    EXPECT_EQ(server->asked("a"), 2);
    EXPECT_EQ(server->asked("b"), 1);
    EXPECT_EQ(server->asked("c"), 1);
    EXPECT_EQ(resolver.hosts_kept(), 2U);
}

TEST_F(ResolverTest, WorksWithoutACache) {
    options.max_hosts = 0;
    Resolver resolver(loop, options, ask(server));
    EXPECT_EQ(look_up(loop, resolver, "a"), Names{"192.0.2.1"});
    EXPECT_EQ(look_up(loop, resolver, "a"), Names{"192.0.2.2"});
    EXPECT_EQ(resolver.hosts_kept(), 0U);
}

TEST_F(ResolverTest, LimitsTheSizeOfTheCache) {
    Resolver resolver(loop, options, ask(server));
    Names hosts;
    for (int i = 0; i < 10000; ++i) {
        hosts.push_back("host" + std::to_string(i) + ".test");
    }
    for (const Result<Addresses>& answer : look_up_all(loop, resolver, hosts)) {
        EXPECT_TRUE(answer.ok());
    }
    EXPECT_EQ(resolver.hosts_kept(), options.max_hosts);
    EXPECT_LE(resolver.threads(), options.max_threads);
}

TEST_F(ResolverTest, NeverStartsMoreThreadsThanAllowed) {
    options.max_threads = 3;
    Resolver resolver(loop, options, ask(server));
    Names hosts;
    for (int i = 0; i < 20; ++i) {
        hosts.push_back("hung" + std::to_string(i));
    }
    std::jthread releaser([&] {
        server->wait_until_inside(3);
        std::this_thread::sleep_for(30ms);
        server->release();
    });
    for (const Result<Addresses>& answer : look_up_all(loop, resolver, hosts)) {
        EXPECT_TRUE(answer.ok());
    }
    EXPECT_EQ(server->most_inside(), 3);
    EXPECT_EQ(resolver.threads(), 3U);
}

TEST_F(ResolverTest, IsNotBlockedByALookupThatHangs) {
    Resolver resolver(loop, options, ask(server));
    for (int i = 0; i < 10; ++i) {
        leave_hanging(resolver, "hung" + std::to_string(i));
    }
    EXPECT_EQ(resolver.lookups_running(), 10U);
    EXPECT_TRUE(answers_within(loop, resolver, "quick", 10s));
    const std::size_t threads = resolver.threads();
    EXPECT_TRUE(answers_within(loop, resolver, "quick too", 10s));
    EXPECT_EQ(resolver.threads(), threads) << "the idle thread is reused";
    server->release();
    EXPECT_TRUE(soon(loop, [&] { return resolver.lookups_running() == 0; }));
}

TEST_F(ResolverTest, GoesOnWithoutACancelledWaiter) {
    Resolver resolver(loop, options, ask(server));
    leave_hanging(resolver, "hung");
    server->release();
    EXPECT_EQ(look_up(loop, resolver, "hung"), Names{"192.0.2.1"});
    EXPECT_EQ(server->asked("hung"), 1);
}

TEST_F(ResolverTest, ThrowsCancelledWhenStopped) {
    Resolver resolver(loop, options, ask(server));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(static_cast<void>(run(loop, resolver.resolve("hung"), stop.get_token())),
                 Cancelled);
}

TEST_F(ResolverTest, KeepsOtherWaitersWhenOneIsCancelled) {
    Resolver resolver(loop, options, ask(server));
    const auto both = [&]() -> Task<bool> {
        const Deadline deadline = Deadline::after(loop.now(), 10ms);
        const auto impatient = [&]() -> Task<bool> {
            const auto answer = co_await timeout(resolver.resolve("hung"), deadline);
            server->release();
            co_return answer.has_value();
        };
        const auto answers = co_await gather(resolver.resolve("hung"), impatient());
        co_return std::get<0>(answers).ok() && !std::get<1>(answers);
    };
    EXPECT_TRUE(run(loop, both()));
}

TEST_F(ResolverTest, DropsQueuedLookupsWithoutWaiters) {
    options.max_threads = 1;
    Resolver resolver(loop, options, ask(server));
    leave_hanging(resolver, "hung");
    EXPECT_FALSE(answers_within(loop, resolver, "unwanted", 5ms));
    server->release();
    EXPECT_EQ(look_up(loop, resolver, "wanted"), Names{"192.0.2.1"});
    EXPECT_EQ(server->asked("unwanted"), 0);
    EXPECT_EQ(look_up(loop, resolver, "unwanted"), Names{"192.0.2.1"});
}

TEST_F(ResolverTest, EndsIdleThreads) {
    options.idle_thread = 20ms;
    Resolver resolver(loop, options, ask(server));
    look_up_all(loop, resolver, {"a", "b", "c", "d"});
    EXPECT_TRUE(soon(loop, [&] { return resolver.threads() == 0; }));
    EXPECT_EQ(look_up(loop, resolver, "e"), Names{"192.0.2.1"});
}

TEST_F(ResolverTest, BlocksSignalsInItsThreads) {
    std::atomic<int> blocked = 0;
    const auto look = [&](const std::string&) -> Result<Names> {
        sigset_t now;
        pthread_sigmask(SIG_SETMASK, nullptr, &now);
        blocked = sigismember(&now, SIGINT) + sigismember(&now, SIGTERM) +
                  sigismember(&now, SIGCHLD) + sigismember(&now, SIGPIPE);
        return Names(1, "192.0.2.1");
    };
    Resolver resolver(loop, options, look);
    look_up(loop, resolver, "a");
    EXPECT_EQ(blocked.load(), 4);
    sigset_t here;
    pthread_sigmask(SIG_SETMASK, nullptr, &here);
    EXPECT_EQ(sigismember(&here, SIGINT), 0);
}

TEST_F(ResolverTest, CanBeDestroyedWhileALookupHangs) {
    const std::weak_ptr<NameServer> watched = server;
    {
        Resolver resolver(loop, options, ask(server));
        look_up(loop, resolver, "idle");
        leave_hanging(resolver, "hung1");
        leave_hanging(resolver, "hung2");
    }
    // The detached threads own the look-up function, and with it the server.
    EXPECT_GT(watched.use_count(), 1);
    server->release();
    EXPECT_TRUE(soon(loop, [&] { return watched.use_count() == 1; }));
}

TEST_F(ResolverTest, DropsAnswersThatWereNotTaken) {
    {
        Resolver resolver(loop, options, ask(server));
        leave_hanging(resolver, "hung");
        server->release();
        // The loop does not run, so the answer is still in it when the resolver is destroyed.
        while (resolver.lookups_running() != 0) {
            std::this_thread::sleep_for(1ms);
        }
    }
    pass(loop, 5ms);
}

}  // namespace
}  // namespace runnel::http
