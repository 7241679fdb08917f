#include "http/proxy.hpp"

#include <cstdlib>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

#include "support/exchange.hpp"

namespace runnel::http {
namespace {

using test::url_of;
using Scheme = Proxy::Scheme;

Proxy proxy(std::string_view text) {
    Result<Proxy> parsed = Proxy::parse(text, "-x");
    if (!parsed) {
        throw std::invalid_argument(parsed.error().message());
    }
    return std::move(*parsed);
}

TEST(Proxy, HasSchemeHostAndPort) {
    const Proxy full = proxy("https://cache.example:3128");
    EXPECT_EQ(full.scheme(), Scheme::Https);
    EXPECT_EQ(full.host(), "cache.example");
    EXPECT_EQ(full.port(), 3128);
    EXPECT_EQ(full.text(), "https://cache.example:3128");
}

TEST(Proxy, IsHttpWithoutAScheme) {
    EXPECT_EQ(proxy("cache.example:3128").text(), "http://cache.example:3128");
    EXPECT_EQ(proxy("u:p@cache.example:3128").text(), "http://u:p@cache.example:3128");
    // libcurl would guess ftp from the name.
    EXPECT_EQ(proxy("ftp.example:3128").text(), "http://ftp.example:3128");
}

TEST(Proxy, KnowsTheSchemesOfCurlInEitherCase) {
    struct Case {
        const char* text;
        Scheme scheme;
        const char* expected;
        bool resolves_names;
    };
    for (const Case& each : {
             Case{"http://h", Scheme::Http, "http://h:1080", true},
             Case{"https://h", Scheme::Https, "https://h:443", true},
             Case{"socks4://h", Scheme::Socks4, "socks4://h:1080", false},
             Case{"socks://h", Scheme::Socks4, "socks4://h:1080", false},
             Case{"socks4a://h", Scheme::Socks4a, "socks4a://h:1080", true},
             Case{"socks5://h", Scheme::Socks5, "socks5://h:1080", false},
             Case{"socks5h://h", Scheme::Socks5h, "socks5h://h:1080", true},
             Case{"SOCKS5H://h", Scheme::Socks5h, "socks5h://h:1080", true},
         }) {
        const Proxy parsed = proxy(each.text);
        EXPECT_EQ(parsed.scheme(), each.scheme) << each.text;
        EXPECT_EQ(parsed.text(), each.expected) << each.text;
        EXPECT_EQ(parsed.resolves_names(), each.resolves_names) << each.text;
    }
}

TEST(Proxy, AcceptsASlashAndAnEmptyPort) {
    EXPECT_EQ(proxy("http://h:8080/").text(), "http://h:8080");
    EXPECT_EQ(proxy("http://h/").text(), "http://h:1080");
    EXPECT_EQ(proxy("http://h:").text(), "http://h:1080");
    EXPECT_EQ(proxy("http://h:80").port(), 80);
}

TEST(Proxy, AcceptsAddresses) {
    EXPECT_EQ(proxy("127.0.0.1:3128").host(), "127.0.0.1");
    const Proxy ipv6 = proxy("socks5://[::1]:9050");
    EXPECT_EQ(ipv6.host(), "::1");
    EXPECT_EQ(ipv6.port(), 9050);
    EXPECT_EQ(ipv6.text(), "socks5://[::1]:9050");
    EXPECT_EQ(proxy("[::1]").text(), "http://[::1]:1080");
    EXPECT_EQ(proxy("u:p@[fe80::1%25eth0]").text(), "http://u:p@[fe80::1%25eth0]:1080");
}

TEST(Proxy, ShowsNoPassword) {
    const Proxy secret = proxy("socks5h://user:s%40cret@h:9050");
    EXPECT_EQ(secret.text(), "socks5h://user:s%40cret@h:9050");
    EXPECT_EQ(secret.host(), "h");
    EXPECT_EQ(secret.redacted(), "socks5h://***@h:9050");
    EXPECT_EQ(proxy("h:3128").redacted(), "http://h:3128");
    EXPECT_EQ(proxy("user:s:]cret@h").redacted(), "http://***@h:1080");
}

TEST(Proxy, NamesTheSourceInItsErrors) {
    const auto expect_error = [](const char* text, const std::string& expected) {
        const Result<Proxy> parsed = Proxy::parse(text, "all_proxy");
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().error_class(), ErrorClass::BadInput);
        EXPECT_EQ(parsed.error().message(), "all_proxy: " + expected);
    };
    const std::string scheme =
        ": unsupported proxy scheme: use http, https, socks4, socks4a, socks5 or "
        "socks5h";
    const std::string form =
        " is not a proxy: use [SCHEME://][USER:PASSWORD@]HOST[:PORT], with special characters "
        "percent-encoded";
    expect_error("ftp://h:3128", "\"ftp://h:3128\"" + scheme);
    expect_error("socks6://user:secret@h", "\"socks6://***@h\"" + scheme);
    expect_error("://h", "\"://h\"" + scheme);
    expect_error("", "\"http://\"" + form);
    expect_error("http://:3128", "\"http://:3128\"" + form);
    expect_error("http://h:70000", "\"http://h:70000\"" + form);
    expect_error("http://h:0", "\"http://h:0\"" + form);
    expect_error("h:80x", "\"http://h:80x\"" + form);
    expect_error("::1", "\"http://::1\"" + form);
    expect_error("http://[::1", "\"http://[::1\"" + form);
    expect_error("http:/h:1", "\"http://http:/h:1\"" + form);
    expect_error(" h:1", "\"http:// h:1\"" + form);
    expect_error("h:1\r\nX: y", "\"http://h:1\r\nX: y\"" + form);
    expect_error("socks5h://localhost/run/socket", "\"socks5h://localhost/run/socket\"" + form);
    expect_error("http://h:1?x", "\"http://h:1?x\"" + form);
    expect_error("http://h:1#x", "\"http://h:1#x\"" + form);
}

TEST(Proxy, HidesPasswordsInEverySpelling) {
    for (const char* text :
         {"http://user:sec/ret@h:1", "user:sec/ret@h:1", "http://user:sec#ret@h:1",
          "http://user:sec?ret@h:1", "http://user:sec@ret@h:1", "user:sec://ret@h:1",
          "ftp://user:secret@h:1", "http://user:sec ret@h:1", "http://user:secret@h:99999",
          "http://user:secret@", "http://user:secret@h:1/x"}) {
        const Result<Proxy> parsed = Proxy::parse(text, "-x");
        ASSERT_FALSE(parsed.ok()) << text;
        const std::string& message = parsed.error().message();
        EXPECT_EQ(message.find("sec"), std::string::npos) << message;
        EXPECT_EQ(message.find("ret"), std::string::npos) << message;
        EXPECT_NE(message.find("***@"), std::string::npos) << message;
    }
}

class Rules : public testing::Test {
protected:
    Result<ProxyRules> make() const {
        return ProxyRules::make(option, [this](const char* name) -> const char* {
            const auto found = variables.find(name);
            return found == variables.end() ? nullptr : found->second.c_str();
        });
    }
    /// Returns the host of the proxy for \a url, or "".
    std::string way(std::string_view url) const {
        const Result<ProxyRules> rules = make();
        if (!rules) {
            return rules.error().message();
        }
        const Proxy* found = rules->for_url(url_of(url));
        return found == nullptr ? "" : found->host();
    }

    std::optional<std::string> option;
    std::map<std::string, std::string> variables;
};

TEST_F(Rules, HaveNoProxyByDefault) {
    EXPECT_EQ(ProxyRules().for_url(url_of("http://a/")), nullptr);
    EXPECT_EQ(way("http://a/"), "");
    EXPECT_EQ(way("https://a/"), "");
}

TEST_F(Rules, SelectByTheSchemeOfTheUrl) {
    variables = {{"http_proxy", "plain"}, {"https_proxy", "secure"}};
    EXPECT_EQ(way("http://a/"), "plain");
    EXPECT_EQ(way("https://a/"), "secure");
    variables.erase("https_proxy");
    EXPECT_EQ(way("https://a/"), "");
}

TEST_F(Rules, PreferTheVariableOfTheScheme) {
    variables = {{"all_proxy", "all"}, {"https_proxy", "secure"}};
    EXPECT_EQ(way("http://a/"), "all");
    EXPECT_EQ(way("https://a/"), "secure");
}

TEST_F(Rules, PreferLowerCaseVariables) {
    variables = {{"HTTPS_PROXY", "upper"}, {"ALL_PROXY", "all-upper"}};
    EXPECT_EQ(way("https://a/"), "upper");
    EXPECT_EQ(way("http://a/"), "all-upper");
    variables["all_proxy"] = "all-lower";
    EXPECT_EQ(way("https://a/"), "upper");
    EXPECT_EQ(way("http://a/"), "all-lower");
    variables["https_proxy"] = "lower";
    EXPECT_EQ(way("https://a/"), "lower");
}

TEST_F(Rules, IgnoreHttpProxyInUpperCase) {
    variables = {{"HTTP_PROXY", "injected"}};
    EXPECT_EQ(way("http://a/"), "");
    EXPECT_EQ(way("https://a/"), "");
}

TEST_F(Rules, IgnoreEmptyVariables) {
    variables = {{"http_proxy", ""}, {"https_proxy", ""}, {"all_proxy", ""}};
    EXPECT_EQ(way("http://a/"), "");
    EXPECT_EQ(way("https://a/"), "");
    variables["ALL_PROXY"] = "all";
    EXPECT_EQ(way("http://a/"), "all");
    variables["HTTPS_PROXY"] = "upper";
    EXPECT_EQ(way("https://a/"), "upper");
}

TEST_F(Rules, LetTheOptionOverrideTheVariables) {
    variables = {{"http_proxy", "plain"}, {"all_proxy", "ftp://broken"}};
    option = "given";
    EXPECT_EQ(way("http://a/"), "given");
    EXPECT_EQ(way("https://a/"), "given");
    option = "";
    EXPECT_EQ(way("http://a/"), "");
    EXPECT_EQ(way("https://a/"), "");
}

TEST_F(Rules, ExceptTheHostsOfNoProxy) {
    variables = {{"all_proxy", "all"}, {"no_proxy", "direct.example,10.0.0.0/8,::1"}};
    EXPECT_EQ(way("http://direct.example:8080/"), "");
    EXPECT_EQ(way("https://www.Direct.example./"), "");
    EXPECT_EQ(way("http://10.1.2.3/"), "");
    EXPECT_EQ(way("http://[::1]:80/"), "");
    EXPECT_EQ(way("http://other.example/"), "all");
    option = "given";
    EXPECT_EQ(way("http://direct.example/"), "");
    EXPECT_EQ(way("http://other.example/"), "given");
}

TEST_F(Rules, ReadNoProxyInLowerCaseFirst) {
    variables = {{"all_proxy", "all"}, {"NO_PROXY", "a"}};
    EXPECT_EQ(way("http://a/"), "");
    variables["no_proxy"] = "";
    EXPECT_EQ(way("http://a/"), "");
    variables["no_proxy"] = "b";
    EXPECT_EQ(way("http://a/"), "all");
    EXPECT_EQ(way("http://b/"), "");
}

TEST_F(Rules, ReadTheEnvironmentOfTheProcess) {
    EXPECT_TRUE(ProxyRules::make("", std::getenv).ok());
}

TEST_F(Rules, NameTheBrokenVariable) {
    const auto source_of_error = [this] {
        const Result<ProxyRules> rules = make();
        EXPECT_FALSE(rules.ok());
        return rules.ok() ? ""
                          : rules.error().message().substr(0, rules.error().message().find(':'));
    };
    variables = {{"http_proxy", "gopher://h"}};
    EXPECT_EQ(source_of_error(), "http_proxy");
    variables = {{"HTTPS_PROXY", "h:0"}};
    EXPECT_EQ(source_of_error(), "HTTPS_PROXY");
    variables = {{"https_proxy", "fine"}, {"ALL_PROXY", "h:0"}};
    EXPECT_EQ(source_of_error(), "ALL_PROXY");
    option = "h:0";
    EXPECT_EQ(source_of_error(), "-x");
}

TEST_F(Rules, KeepTheAddressOfTheirProxy) {
    option = "socks5://u:p@given:1";
    const Result<ProxyRules> rules = make();
    ASSERT_TRUE(rules.ok());
    const Proxy* first = rules->for_url(url_of("http://a/"));
    ASSERT_NE(first, nullptr);
    EXPECT_EQ(rules->for_url(url_of("http://b/")), first);
    EXPECT_EQ(first->text(), "socks5://u:p@given:1");
}

}  // namespace
}  // namespace runnel::http
