#include "http/address_lookup.hpp"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "support/exchange.hpp"

namespace runnel::http {
namespace {

using namespace std::chrono_literals;
using Texts = std::vector<std::string>;

/// Hosts with addresses of both families, one and none. Records the look-ups.
class Names {
public:
    Result<Texts> operator()(const std::string& host) {
        std::unique_lock lock(mutex_);
        asked_.push_back(host);
        changed_.wait(lock, [&] { return released_ || !host.starts_with("slow"); });
        if (host.starts_with("nowhere")) {
            return Error(ErrorClass::Dns, host + ": no such name", 6);
        }
        return host.starts_with("four") ? Texts{"192.0.2.4"} : Texts{"192.0.2.4", "2001:db8::6"};
    }
    Texts asked() {
        const std::scoped_lock lock(mutex_);
        return asked_;
    }

    /// Releases the slow look-ups.
    void release() {
        const std::scoped_lock lock(mutex_);
        released_ = true;
        changed_.notify_all();
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    bool released_ = false;
    Texts asked_;
};

class AddressLookupTest : public testing::Test {
protected:
    ~AddressLookupTest() override { names->release(); }

    Result<std::vector<NamedAddresses>> find(std::string_view url) {
        url_.emplace(test::url_of(url));
        return run(loop, lookup.find(policy.routes.route_of(*url_), policy,
                                     Deadline::after(loop.now(), connect_limit),
                                     Deadline::after(loop.now(), attempt_limit)));
    }
    /// `host:port=address,address` for each name.
    Texts found(std::string_view url) {
        const Result<std::vector<NamedAddresses>> all = find(url);
        if (!all) {
            return Texts{std::string(to_string(all.error().error_class())) + ": " +
                         all.error().message()};
        }
        Texts texts;
        for (const NamedAddresses& named : *all) {
            std::string text = to_string(named.endpoint) + "=";
            for (const std::string& address : *named.addresses) {
                text += address + ",";
            }
            text.pop_back();
            texts.push_back(text);
        }
        return texts;
    }
    void use_proxy(const std::string& proxy) {
        policy.routes.proxies = *ProxyRules::make(proxy, [](const char*) { return nullptr; });
    }

    std::shared_ptr<Names> names = std::make_shared<Names>();
    Loop loop;
    Resolver resolver{loop, Resolver::Options(),
                      [names = names](const std::string& host) { return (*names)(host); }};
    AddressLookup lookup{resolver};
    Policy policy;
    Duration connect_limit = Duration::zero();
    Duration attempt_limit = Duration::zero();

private:
    std::optional<Url> url_;
};

TEST_F(AddressLookupTest, ResolvesNames) {
    EXPECT_EQ(found("http://both.test/"), Texts{"both.test:80=192.0.2.4,2001:db8::6"});
    EXPECT_EQ(found("https://nowhere.test/"), Texts{"dns: nowhere.test: no such name"});
}

TEST_F(AddressLookupTest, DoesNotResolveAddresses) {
    EXPECT_EQ(found("http://127.0.0.1/"), Texts());
    EXPECT_EQ(found("http://[::1]/"), Texts());
    EXPECT_EQ(names->asked(), Texts());
}

TEST_F(AddressLookupTest, ReturnsAddressesOfTheFamily) {
    policy.family = Family::IPv4;
    EXPECT_EQ(found("http://both.test/"), Texts{"both.test:80=192.0.2.4"});
    EXPECT_EQ(found("http://[::1]/"), Texts{"connect: ::1 is not an IPv4 address"});
    EXPECT_EQ(found("http://127.0.0.1/"), Texts());
    policy.family = Family::IPv6;
    EXPECT_EQ(found("http://both.test/"), Texts{"both.test:80=2001:db8::6"});
    EXPECT_EQ(found("http://four.test/"), Texts{"dns: four.test: has no IPv6 address"});
    EXPECT_EQ(found("http://127.0.0.1/"), Texts{"connect: 127.0.0.1 is not an IPv6 address"});
}

TEST_F(AddressLookupTest, UsesPinnedAddresses) {
    policy.routes.pinned.push_back(*PinnedAddresses::parse("a.test:80:192.0.2.1,2001:db8::1"));
    policy.routes.pinned.push_back(*PinnedAddresses::parse("127.0.0.1:80:192.0.2.2"));
    EXPECT_EQ(found("http://a.test/"), Texts{"a.test:80=192.0.2.1,2001:db8::1"});
    EXPECT_EQ(found("http://127.0.0.1/"), Texts{"127.0.0.1:80=192.0.2.2"});
    EXPECT_EQ(names->asked(), Texts());
    EXPECT_EQ(found("https://a.test/"), Texts{"a.test:443=192.0.2.4,2001:db8::6"});
    policy.family = Family::IPv6;
    EXPECT_EQ(found("http://a.test/"), Texts{"a.test:80=2001:db8::1"});
    EXPECT_EQ(found("http://127.0.0.1/"), Texts{"dns: 127.0.0.1: has no IPv6 address"});
}

TEST_F(AddressLookupTest, ResolvesTheHostOfConnectTo) {
    policy.routes.connect_to.push_back(*ConnectTo::parse("a.test::four.test:81"));
    EXPECT_EQ(found("http://a.test/"), Texts{"four.test:81=192.0.2.4"});
    EXPECT_EQ(names->asked(), Texts{"four.test"});
}

TEST_F(AddressLookupTest, ResolvesTheProxyInsteadOfTheTarget) {
    use_proxy("http://proxy.test:3128");
    EXPECT_EQ(found("https://a.test/"), Texts{"proxy.test:3128=192.0.2.4,2001:db8::6"});
    EXPECT_EQ(names->asked(), Texts{"proxy.test"});
}

TEST_F(AddressLookupTest, ResolvesBothIfTheProxyNeedsAnAddress) {
    use_proxy("socks5://proxy.test");
    EXPECT_EQ(found("https://four.test/"),
              (Texts{"proxy.test:1080=192.0.2.4,2001:db8::6", "four.test:443=192.0.2.4"}));
    EXPECT_EQ(found("https://nowhere.test/"), Texts{"dns: nowhere.test: no such name"});
}

TEST_F(AddressLookupTest, ReportsTheNameOfTheProxyAsAProxyError) {
    use_proxy("http://user:secret@nowhere.test");
    const Result<std::vector<NamedAddresses>> all = find("http://a.test/");
    ASSERT_FALSE(all.ok());
    EXPECT_EQ(all.error().error_class(), ErrorClass::Proxy);
    EXPECT_EQ(all.error().code(), 5);
    EXPECT_EQ(all.error().message(), "proxy: nowhere.test: no such name");
}

TEST_F(AddressLookupTest, ReportsTheFamilyOfTheProxyAsAProxyError) {
    use_proxy("http://127.0.0.1");
    policy.family = Family::IPv6;
    EXPECT_EQ(found("http://a.test/"), Texts{"proxy: proxy: 127.0.0.1 is not an IPv6 address"});
}

TEST_F(AddressLookupTest, ResolvesNothingForASocketOrAMock) {
    policy.routes.unix_socket = "/run/x";
    EXPECT_EQ(found("http://a.test/"), Texts());
    policy.family = Family::IPv6;
    policy.carry_everything_to(4242);
    EXPECT_EQ(found("http://a.test/"), Texts());
    EXPECT_EQ(names->asked(), Texts());
}

TEST_F(AddressLookupTest, EndsAtTheDeadline) {
    connect_limit = 10ms;
    EXPECT_EQ(found("http://slow.test/"), Texts{"dns: slow.test: the name look-up timed out"});
    use_proxy("http://slow2.test");
    EXPECT_EQ(found("http://a.test/"),
              Texts{"proxy: proxy: slow2.test: the name look-up timed out"});
    connect_limit = 1h;
    attempt_limit = 10ms;
    use_proxy("http://slow3.test");
    EXPECT_EQ(found("http://a.test/"), Texts{"timeout: slow3.test: the name look-up timed out"});
}

}  // namespace
}  // namespace runnel::http
