#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "http/redirect.hpp"
#include "support/network.hpp"

// Connections that do not go where the URL says, and cookies.

namespace runnel {
namespace {

using test::Exchange;
using test::Network;
using test::TestServer;
using Requests = std::vector<std::string>;

/// Sends responses by the first line of the request, and records requests.
class Recorder {
public:
    /// \a headers_of gives headers for the answer to a target such as `/x`; a Location makes it a
    /// redirect.
    explicit Recorder(std::string (*headers_of)(const std::string& target))
        : server([this, headers_of](TestServer::Connection& client) {
              while (std::optional<std::string> request = client.read_request()) {
                  const std::size_t begin = request->find(' ') + 1;
                  const std::string target =
                      request->substr(begin, request->find(' ', begin) - begin);
                  const std::string headers = headers_of(target);
                  const bool moves = headers.find("Location") != std::string::npos;
                  std::string answer = TestServer::ok(target, headers);
                  answer.replace(9, 3, moves ? "302" : "200");
                  remember(std::move(*request));
                  client.send(answer);
              }
          }) {}

    Requests requests() {
        const std::scoped_lock lock(mutex_);
        return requests_;
    }
    /// The value of a header of the last request, or "".
    std::string last(const std::string& name) {
        const std::string request = requests().back();
        const std::size_t at = request.find("\r\n" + name + ": ");
        if (at == std::string::npos) {
            return "";
        }
        const std::size_t begin = at + name.size() + 4;
        return request.substr(begin, request.find("\r\n", begin) - begin);
    }

private:
    void remember(std::string request) {
        const std::scoped_lock lock(mutex_);
        requests_.push_back(std::move(request));
    }

    std::mutex mutex_;
    Requests requests_;

public:
    TestServer server;  // last: its threads use the others
};

std::string nothing(const std::string& /*target*/) { return ""; }

/// The network with redirects.
class Following : public Network {
public:
    Exchange get(const std::string& url) {
        return run(loop, test::exchange(redirects, policy, url));
    }

    http::RedirectClient redirects{client};
};

TEST(CurlClientRoutes, CarryEverythingToOnePort) {
    Recorder mock(nothing);
    Network network;
    network.policy.carry_everything_to(mock.server.port());
    for (const char* url : {"http://nowhere.invalid/a", "https://nowhere.invalid/b?c",
                            "https://192.0.2.1:8443/d", "http://[2001:db8::1]/e"}) {
        EXPECT_EQ(network.get(url).failed_as(), "") << url;
    }
    ASSERT_EQ(mock.requests().size(), 4U);
    EXPECT_EQ(mock.requests()[1].substr(0, 12), "GET /b?c HTT");
}

TEST(CurlClientRoutes, SendTheHostOfTheUrlToTheMock) {
    Recorder mock(nothing);
    Network network;
    network.policy.carry_everything_to(mock.server.port());
    EXPECT_TRUE(network.get("https://a.example/").ok());
    EXPECT_EQ(mock.last("Host"), "a.example");
    EXPECT_TRUE(network.get("https://a.example:443/").ok());
    EXPECT_EQ(mock.last("Host"), "a.example");
    EXPECT_TRUE(network.get("https://a.example:8443/").ok());
    EXPECT_EQ(mock.last("Host"), "a.example:8443");
    EXPECT_TRUE(network.get("http://a.example/").ok());
    EXPECT_EQ(mock.last("Host"), "a.example");
}

TEST(CurlClientRoutes, KeepTheUrlOfWhatIsCarriedInClear) {
    Recorder mock(nothing);
    Network network;
    network.policy.carry_everything_to(mock.server.port());
    const Exchange got = network.get("https://user:secret@a.example/x");
    EXPECT_EQ(got.body, "/x");
    EXPECT_EQ(got.trace.effective_url, "https://***@a.example/x");
    EXPECT_EQ(got.trace.remote_port, mock.server.port());
    EXPECT_FALSE(got.trace.appconnect);
    EXPECT_EQ(mock.last("Authorization"), "Basic dXNlcjpzZWNyZXQ=");
}

TEST(CurlClientRoutes, ResolveRedirectsAgainstTheUrlAndNotWhereItWasCarried) {
    Recorder mock([](const std::string& target) -> std::string {
        if (target == "/1") {
            return "Location: 2\r\n";
        }
        return target == "/2" ? "Location: http://b.example/3\r\n" : "";
    });
    Following network;
    network.policy.carry_everything_to(mock.server.port());
    const Exchange refused = network.get("https://a.example/1");
    EXPECT_EQ(refused.failed_as(), "redirect");
    EXPECT_EQ(refused.trace.effective_url, "https://a.example/2");
    network.policy.allow_downgrade = true;
    EXPECT_EQ(network.get("https://a.example/1").trace.effective_url, "http://b.example/3");
}

TEST(CurlClientRoutes, ReportARefusingPort) {
    Network network;
    network.policy.carry_everything_to(1);
    EXPECT_EQ(network.get("https://a.example/").failed_as(), "connect");
}

TEST(CurlClientRoutes, TakePinnedAddressesAndKeepThemForTheConnection) {
    Recorder server(nothing);
    Network network;
    const std::string port = std::to_string(server.server.port());
    network.policy.routes.pinned.push_back(
        *http::PinnedAddresses::parse("nowhere.invalid:" + port + ":127.0.0.1"));
    for (int i = 0; i < 3; ++i) {
        const Exchange got = network.get("http://nowhere.invalid:" + port + "/");
        EXPECT_EQ(got.failed_as(), "");
        EXPECT_EQ(got.trace.remote_ip, "127.0.0.1");
    }
    EXPECT_EQ(server.server.connections(), 1U);
    EXPECT_EQ(network.get("http://nowhere.invalid:1/").failed_as(), "dns");
}

TEST(CurlClientRoutes, LeaveTheConnectionsOfOthersAlone) {
    Recorder one(nothing);
    Recorder other(nothing);
    Network network;
    network.policy.routes.connect_to.push_back(
        *http::ConnectTo::parse("a.example::127.0.0.1:" + std::to_string(other.server.port())));
    EXPECT_TRUE(network.get(one.server.url()).ok());
    EXPECT_TRUE(network.get("http://a.example/").ok());
    EXPECT_TRUE(network.get(one.server.url()).ok());
    EXPECT_TRUE(network.get("http://a.example/").ok());
    EXPECT_EQ(one.requests().size(), 2U);
    EXPECT_EQ(other.requests().size(), 2U);
    EXPECT_EQ(one.server.connections(), 1U);
    EXPECT_EQ(other.server.connections(), 1U);
    EXPECT_EQ(other.last("Host"), "a.example");
}

/// Sets a variable of the environment while it lives.
class Variable {
public:
    Variable(const char* name, const std::string& value) : name_(name) {
        ::setenv(name, value.c_str(), 1);
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;
    ~Variable() { ::unsetenv(name_); }

private:
    const char* name_;
};

TEST(CurlClientRoutes, IgnoreTheEnvironment) {
    const test::RefusingPort refusing;
    const Variable proxy("http_proxy", refusing.url());
    const Variable all("all_proxy", refusing.url());
    Recorder server(nothing);
    Network network;
    EXPECT_EQ(network.get(server.server.url()).failed_as(), "");
    const Variable no_proxy("no_proxy", "*");
    Network proxied;
    proxied.policy.routes.proxies =
        *http::ProxyRules::make(refusing.url(), [](const char* /*name*/) { return nullptr; });
    EXPECT_EQ(proxied.get(server.server.url()).failed_as(), "proxy");
}

// Cookies

/// Sets a cookie at /set, sets one and redirects at /move, and removes it at /unset.
std::string cookies_of(const std::string& target) {
    if (target == "/set") {
        return "Set-Cookie: a=1; Path=/\r\nSet-Cookie: elsewhere=1; Path=/other\r\n";
    }
    if (target == "/move") {
        return "Set-Cookie: moved=yes\r\nLocation: /landed\r\n";
    }
    return target == "/unset" ? "Set-Cookie: a=; Path=/; Max-Age=0\r\n" : "";
}

TEST(CurlClientCookies, AreOffByDefault) {
    Recorder server(cookies_of);
    Network network;
    network.get(server.server.url("/set"));
    network.get(server.server.url("/"));
    EXPECT_EQ(server.last("Cookie"), "");
}

TEST(CurlClientCookies, AreSentBackToTheirServer) {
    Recorder server(cookies_of);
    Recorder stranger(cookies_of);
    Network network;
    network.policy.cookie_file = "";
    network.get(server.server.url("/set"));
    network.get(server.server.url("/"));
    EXPECT_EQ(server.last("Cookie"), "a=1");
    network.get(stranger.server.url("/", "localhost"));
    EXPECT_EQ(stranger.last("Cookie"), "");
    network.get(server.server.url("/unset"));
    network.get(server.server.url("/"));
    EXPECT_EQ(server.last("Cookie"), "");
}

TEST(CurlClientCookies, AreKeptAcrossRedirects) {
    Recorder server(cookies_of);
    Following network;
    network.policy.cookie_file = "";
    EXPECT_EQ(network.get(server.server.url("/move")).body, "/landed");
    EXPECT_EQ(server.last("Cookie"), "moved=yes");
}

TEST(CurlClientCookies, ComeFromAFileAndAreUpdatedByServers) {
    std::string name = testing::TempDir() + "cookies.XXXXXX";
    const UniqueFd descriptor(::mkstemp(name.data()));
    std::ofstream(name) << "# Netscape HTTP Cookie File\n"
                        << "127.0.0.1\tFALSE\t/\tFALSE\t0\ta\tfile\n"
                        << "127.0.0.1\tFALSE\t/\tFALSE\t0\tb\tfile\n"
                        << "localhost\tFALSE\t/\tFALSE\t0\tc\tfile\n";
    Recorder server(cookies_of);
    Network network;
    network.policy.cookie_file = name;
    network.get(server.server.url("/"));
    EXPECT_EQ(server.last("Cookie"), "b=file; a=file");
    network.get(server.server.url("/set"));
    for (int i = 0; i < 3; ++i) {
        network.get(server.server.url("/"));
        const std::string sent = server.last("Cookie");
        EXPECT_NE(sent.find("a=1"), std::string::npos) << sent;
        EXPECT_NE(sent.find("b=file"), std::string::npos) << sent;
        EXPECT_EQ(sent.find("a=file"), std::string::npos) << sent;
    }
    ::unlink(name.c_str());
}

TEST(CurlClientCookies, GoIntoOneHeaderWithThoseOfTheRequest) {
    Recorder server(cookies_of);
    Network network;
    network.policy.cookie_file = "";
    network.get(server.server.url("/set"));
    http::Request request = test::request_for(server.server.url("/"), network.policy);
    request.headers.emplace_back("cookie: mine=2");
    EXPECT_TRUE(network.send(request).ok());
    EXPECT_EQ(server.last("Cookie"), "a=1; mine=2");
    EXPECT_EQ(server.last("cookie"), "");
}

}  // namespace
}  // namespace runnel
