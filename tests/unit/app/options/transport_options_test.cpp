#include "app/options/transport_options.hpp"

#include <stdlib.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/exchange.hpp"
#include "support/parsed_options.hpp"

namespace runnel {
namespace {

using Arguments = std::vector<std::string>;

class Parsed {
public:
    TransportOptions options;
    http::Policy policy;
};

Parsed parse(Arguments arguments) {
    OptionSet set;
    Parsed parsed;
    describe_transport(set, parsed.options, parsed.policy);
    test::parse(set, std::move(arguments));
    return parsed;
}

/// Why \a arguments are refused.
std::string refusal(const Arguments& arguments) {
    try {
        parse(arguments);
    } catch (const test::Refused& error) {
        return error.what();
    }
    ADD_FAILURE() << "accepted: " << arguments.back();
    return "";
}

/// What settle_transport() finds wrong; empty when nothing.
std::string problem(Parsed parsed) {
    const Result<void> settled = resolve_transport(parsed.options, parsed.policy);
    if (settled) {
        return "";
    }
    EXPECT_EQ(settled.error().error_class(), ErrorClass::BadInput);
    return settled.error().message();
}

/// No variable of the machine's has a say here.
class TransportOptionsTest : public testing::Test {
protected:
    TransportOptionsTest() {
        for (const char* name :
             {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy",
              "NO_PROXY", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
            ::unsetenv(name);
        }
    }

    const std::string file = testing::TempDir() + "transport_options_test";
    const std::ofstream made{file};
};

TEST_F(TransportOptionsTest, HaveTheirDefaults) {
    const Parsed parsed = parse({});
    const http::Policy& policy = parsed.policy;
    EXPECT_FALSE(parsed.options.proxy);
    EXPECT_TRUE(policy.follow_redirects);
    EXPECT_EQ(policy.max_redirects, 10U);
    EXPECT_FALSE(policy.allow_downgrade);
    EXPECT_TRUE(policy.tls.verify);
    EXPECT_TRUE(policy.tls.authorities.empty());
    EXPECT_EQ(policy.family, http::Family::Any);
    EXPECT_FALSE(policy.public_only);
    EXPECT_FALSE(policy.http2);
    EXPECT_TRUE(policy.compressed);
    EXPECT_EQ(problem(parsed), "");
}

TEST_F(TransportOptionsTest, SetWhatTheySay) {
    const Parsed parsed = parse({"-x", "p:1", "-k", "--cacert", "ca", "--key", "key",
                                 "--unix-socket", "/run/x", "--no-location", "--allow-downgrade",
                                 "--deny-private", "--no-compressed", "--max-redirs", "3"});
    const http::Policy& policy = parsed.policy;
    EXPECT_EQ(parsed.options.proxy, "p:1");
    EXPECT_FALSE(policy.tls.verify);
    EXPECT_EQ(policy.tls.authorities, "ca");
    EXPECT_EQ(policy.tls.key, "key");
    EXPECT_EQ(policy.routes.unix_socket, "/run/x");
    EXPECT_FALSE(policy.follow_redirects);
    EXPECT_TRUE(policy.allow_downgrade);
    EXPECT_TRUE(policy.public_only);
    EXPECT_FALSE(policy.compressed);
    EXPECT_EQ(policy.max_redirects, 3U);
}

TEST_F(TransportOptionsTest, CountRedirects) {
    EXPECT_EQ(parse({"--max-redirs", "0"}).policy.max_redirects, 0U);
    EXPECT_EQ(parse({"--max-redirs", "-1"}).policy.max_redirects, std::nullopt);
    EXPECT_EQ(parse({"--max-redirs", "1", "--max-redirs", "2"}).policy.max_redirects, 2U);
    for (const char* text : {"-2", "x", "", "1x", "4294967296"}) {
        EXPECT_NE(refusal({"--max-redirs", text}).find("--max-redirs"), std::string::npos) << text;
    }
}

TEST_F(TransportOptionsTest, CountTheLastOfThoseThatExcludeEachOther) {
    EXPECT_EQ(parse({"-4", "-6"}).policy.family, http::Family::IPv6);
    EXPECT_EQ(parse({"--ipv6", "--ipv4"}).policy.family, http::Family::IPv4);
    EXPECT_FALSE(parse({"--http2", "--http1.1"}).policy.http2);
    EXPECT_TRUE(parse({"--http1.1", "--http2"}).policy.http2);
    EXPECT_EQ(parse({"-x", "a", "--proxy", ""}).options.proxy, "");
}

TEST_F(TransportOptionsTest, TakeACertificateAndItsPassword) {
    const auto certificate = [](const char* text) {
        const http::Tls tls = parse({"--cert", text}).policy.tls;
        return tls.certificate + " " + tls.key_password;
    };
    EXPECT_EQ(certificate("file"), "file ");
    EXPECT_EQ(certificate("file:pass"), "file pass");
    EXPECT_EQ(certificate("file:pa:ss\\"), "file pa:ss\\");
    EXPECT_EQ(certificate("c\\:file:pass"), "c:file pass");
    EXPECT_EQ(certificate("c\\\\:pass"), "c\\ pass");
    EXPECT_EQ(certificate("c\\file\\"), "c\\file\\ ");
    EXPECT_EQ(certificate("file:"), "file ");
    for (const char* text : {"", ":pass"}) {
        const std::string why = refusal({"--cert", text});
        EXPECT_NE(why.find("--cert"), std::string::npos) << why;
        EXPECT_EQ(why.find("pass:"), std::string::npos) << why;
    }
}

TEST_F(TransportOptionsTest, CollectRules) {
    const Parsed parsed = parse({"--resolve", "a:80:192.0.2.1", "--resolve", "b:80:192.0.2.2",
                                 "--connect-to", "a:::81", "--connect-to", "b:::82"});
    EXPECT_EQ(parsed.policy.routes.pinned.size(), 2U);
    EXPECT_EQ(parsed.policy.routes.connect_to.size(), 2U);
    EXPECT_NE(refusal({"--resolve", "a"}).find("--resolve: \"a\""), std::string::npos);
    EXPECT_NE(refusal({"--connect-to", "a"}).find("--connect-to: \"a\""), std::string::npos);
}

TEST_F(TransportOptionsTest, KnowHowLongThePathOfASocketMayBe) {
    EXPECT_EQ(parse({"--unix-socket", std::string(107, 'x')}).policy.routes.unix_socket.size(),
              107U);
    for (const std::string& path : {std::string(108, 'x'), std::string()}) {
        EXPECT_NE(refusal({"--unix-socket", path}).find("--unix-socket"), std::string::npos);
    }
}

TEST_F(TransportOptionsTest, FindTheProxyInOptionAndEnvironment) {
    ::setenv("http_proxy", "http://from-environment", 1);
    const http::Url url = test::url_of("http://a/");
    Parsed parsed = parse({});
    ASSERT_TRUE(resolve_transport(parsed.options, parsed.policy));
    ASSERT_NE(parsed.policy.routes.proxies.for_url(url), nullptr);
    EXPECT_EQ(parsed.policy.routes.proxies.for_url(url)->host(), "from-environment");
    parsed = parse({"-x", "option"});
    ASSERT_TRUE(resolve_transport(parsed.options, parsed.policy));
    EXPECT_EQ(parsed.policy.routes.proxies.for_url(url)->host(), "option");
    parsed = parse({"-x", ""});
    ASSERT_TRUE(resolve_transport(parsed.options, parsed.policy));
    EXPECT_EQ(parsed.policy.routes.proxies.for_url(url), nullptr);
    EXPECT_NE(problem(parse({"-x", "ftp://a"})).find("-x: "), std::string::npos);
    ::setenv("http_proxy", "ftp://a", 1);
    EXPECT_NE(problem(parse({})).find("http_proxy: "), std::string::npos);
    ::unsetenv("http_proxy");
}

TEST_F(TransportOptionsTest, NeedTheirFiles) {
    EXPECT_EQ(problem(parse({"--cacert", file, "--cert", file, "--key", file})), "");
    for (const char* option : {"--cacert", "--cert", "--key"}) {
        const std::string missing = problem(parse({option, "/no/such/file"}));
        EXPECT_EQ(missing,
                  std::string(option) + ": cannot read /no/such/file: No such file or directory");
        EXPECT_NE(problem(parse({option, "/"})).find("Is a directory"), std::string::npos);
    }
    Parsed parsed = parse({});
    parsed.policy.cookie_file = "";
    EXPECT_EQ(problem(parsed), "");
    parsed.policy.cookie_file = "/no/such/file";
    EXPECT_NE(problem(parsed).find("-b: "), std::string::npos);
}

TEST_F(TransportOptionsTest, TakeAuthoritiesOfTheEnvironmentWhenNoneAreNamed) {
    ::setenv("SSL_CERT_FILE", file.c_str(), 1);
    Parsed parsed = parse({});
    ASSERT_TRUE(resolve_transport(parsed.options, parsed.policy));
    EXPECT_EQ(parsed.policy.tls.authorities, file);
    ::setenv("CURL_CA_BUNDLE", "/no/such/file", 1);
    EXPECT_NE(problem(parse({})).find("CURL_CA_BUNDLE: "), std::string::npos);
    EXPECT_EQ(problem(parse({"--cacert", file})), "");
    ::unsetenv("CURL_CA_BUNDLE");
    ::unsetenv("SSL_CERT_FILE");
}

TEST_F(TransportOptionsTest, DoNotGuardASocket) {
    EXPECT_EQ(problem(parse({"--deny-private"})), "");
    EXPECT_NE(problem(parse({"--deny-private", "--unix-socket", "x"})).find("exclude"),
              std::string::npos);
}

}  // namespace
}  // namespace runnel
