#include <zlib.h>

#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/network.hpp"

// Responses of servers, valid and invalid.

namespace runnel {
namespace {

using test::Exchange;
using test::Network;
using test::TestServer;

/// Sends \a bytes as the response to the first request of each connection, then closes it.
TestServer::Handler once(std::string bytes) {
    return [bytes = std::move(bytes)](TestServer::Connection& client) {
        if (client.read_request()) {
            client.send(bytes);
            client.finish();
            client.wait_until_gone();
        }
    };
}

/// Returns the result of a response of these bytes, after which the server closes.
Exchange answered_with(std::string bytes) {
    TestServer server(once(std::move(bytes)));
    Network network;
    return network.get(server.url());
}

std::string gzip(std::string_view text) {
    constexpr int kGzipWrapper = 16;
    z_stream stream = {};
    EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, 15 + kGzipWrapper, 8, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(stream.total_out);
    deflateEnd(&stream);
    return packed;
}

TEST(CurlClientAnswers, ReturnsStatusBodyAndTrace) {
    TestServer server(TestServer::always(TestServer::ok("hello", "Content-Type: text/plain\r\n")));
    Network network;
    const Exchange got = network.get(server.url("/path?q=1"));
    EXPECT_TRUE(got.ok());
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.body, "hello");
    EXPECT_EQ(got.trace.status, 200);
    EXPECT_EQ(got.trace.http_version, "1.1");
    EXPECT_EQ(got.trace.content_type, "text/plain");
    EXPECT_EQ(got.trace.effective_url, server.url("/path?q=1"));
    EXPECT_EQ(got.trace.size_download, 5U);
    EXPECT_EQ(got.trace.remote_ip, "127.0.0.1");
    EXPECT_EQ(got.trace.remote_port, server.port());
    EXPECT_EQ(got.trace.curl_code, 0);
    ASSERT_TRUE(got.trace.connect && got.trace.starttransfer && got.trace.total);
    EXPECT_LE(*got.trace.connect, *got.trace.starttransfer);
    EXPECT_LE(*got.trace.starttransfer, *got.trace.total);
    EXPECT_FALSE(got.trace.appconnect);
}

TEST(CurlClientAnswers, SendsMethodHeadersAndBody) {
    std::string seen;
    {
        TestServer server([&seen](TestServer::Connection& client) {
            seen = client.read_request().value_or("");
            client.send(TestServer::ok(""));
            client.wait_until_gone();
        });
        Network network;
        network.policy.user_agent = "tester/1";
        http::Request request = test::request_for(server.url("/a%20b?c=d"), network.policy);
        request.method = "PUT";
        request.headers.emplace_back("X-One: 1");
        request.body = "payload";
        EXPECT_TRUE(network.send(request).ok());
    }
    EXPECT_TRUE(seen.starts_with("PUT /a%20b?c=d HTTP/1.1\r\n")) << seen;
    EXPECT_NE(seen.find("\r\nX-One: 1\r\n"), std::string::npos) << seen;
    EXPECT_NE(seen.find("\r\nUser-Agent: tester/1\r\n"), std::string::npos) << seen;
    EXPECT_NE(seen.find("\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"), std::string::npos)
        << seen;
    EXPECT_TRUE(seen.ends_with("\r\n\r\npayload")) << seen;
}

TEST(CurlClientAnswers, SendsTheCredentialsOfTheUrlAndHidesThem) {
    std::string seen;
    {
        TestServer server([&seen](TestServer::Connection& client) {
            seen = client.read_request().value_or("");
            client.send(TestServer::ok(""));
            client.wait_until_gone();
        });
        Network network;
        const Exchange got = network.get(server.url("/", "user:secret@127.0.0.1"));
        EXPECT_TRUE(got.ok());
        EXPECT_EQ(got.trace.effective_url, server.url("/", "***@127.0.0.1"));
        const Exchange unknown = network.get("http://user:secret@no-such-host.invalid/");
        EXPECT_EQ(unknown.trace.effective_url, "http://***@no-such-host.invalid/");
        EXPECT_EQ(unknown.message().find("secret"), std::string::npos);
    }
    EXPECT_NE(seen.find("\r\nAuthorization: Basic dXNlcjpzZWNyZXQ=\r\n"), std::string::npos);
}

TEST(CurlClientAnswers, ResetsOptionsBetweenRequests) {
    std::vector<std::string> seen;
    {
        TestServer server([&seen](TestServer::Connection& client) {
            while (const auto request = client.read_request()) {
                seen.push_back(*request);
                client.send(TestServer::ok(""));
            }
        });
        Network network;
        http::Request request = test::request_for(server.url(), network.policy);
        request.method = "POST";
        request.headers.emplace_back("X-One: 1");
        request.body = "payload";
        EXPECT_TRUE(network.send(request).ok());
        EXPECT_TRUE(network.get(server.url()).ok());
    }
    ASSERT_EQ(seen.size(), 2U);
    EXPECT_TRUE(seen[0].starts_with("POST / "));
    EXPECT_TRUE(seen[1].starts_with("GET / "));
    EXPECT_EQ(seen[1].find("X-One"), std::string::npos);
    EXPECT_EQ(seen[1].find("Content-Length"), std::string::npos);
}

TEST(CurlClientAnswers, SkipsInterimResponses) {
    const Exchange got = answered_with(
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 103 Early Hints\r\nLocation: /no\r\nContent-Encoding: gzip\r\n\r\n" +
        TestServer::ok("hi"));
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.status, 200);
    EXPECT_EQ(got.location, "");
    EXPECT_EQ(got.body, "hi");
}

TEST(CurlClientAnswers, JoinsChunksAndIgnoresTrailers) {
    const Exchange got = answered_with(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "3;name=value\r\nabc\r\nA\r\n0123456789\r\n0\r\nLocation: /no\r\nX-Sum: 1\r\n\r\n");
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "abc0123456789");
    EXPECT_EQ(got.location, "");
    EXPECT_EQ(got.trace.size_header, 47U);  // without the trailer
}

TEST(CurlClientAnswers, EndsABodyWithoutALengthWithTheConnection) {
    const Exchange got = answered_with("HTTP/1.0 200 OK\r\n\r\nall of it");
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "all of it");
    EXPECT_EQ(got.trace.http_version, "1");
}

TEST(CurlClientAnswers, DoesNotAppendAFoldedLineToTheLastResponse) {
    TestServer server([](TestServer::Connection& client) {
        while (client.read_request()) {
            client.send(TestServer::ok("hi"));
            if (client.read_request()) {
                client.send("HTTP/1.1 200 OK\r\n Folded: yes\r\nContent-Length: 2\r\n\r\nhi");
            }
        }
    });
    Network network;
    // Newer versions take the line for a continuation of the status line.
    const bool refused = curl_version_info(CURLVERSION_NOW)->version_num < 0x080100;
    for (int i = 0; i < 3; ++i) {
        EXPECT_EQ(network.get(server.url()).failed_as(), "");
        EXPECT_EQ(network.get(server.url()).failed_as(), refused ? "protocol" : "");
    }
}

TEST(CurlClientAnswers, TrimsTheLocation) {
    const Exchange got =
        answered_with("HTTP/1.1 302 Found\r\nlOCATION: \t/there \r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(got.status, 302);
    EXPECT_EQ(got.location, "/there");
}

TEST(CurlClientAnswers, ReturnsUnusualStatuses) {
    for (const int status : {204, 304, 404, 500, 999}) {
        const Exchange got = answered_with("HTTP/1.1 " + std::to_string(status) +
                                           " What\r\nContent-Length: 0\r\n\r\n");
        EXPECT_EQ(got.failed_as(), "") << status;
        EXPECT_EQ(got.status, status);
        EXPECT_EQ(got.body, "");
    }
}

TEST(CurlClientAnswers, ExpectsNoBodyAfterHead) {
    TestServer server([](TestServer::Connection& client) {
        while (client.read_request()) {
            client.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        }
    });
    Network network;
    http::Request request = test::request_for(server.url(), network.policy);
    request.method = "HEAD";
    for (int i = 0; i < 3; ++i) {
        const Exchange got = network.send(request);
        EXPECT_EQ(got.failed_as(), "");
        EXPECT_EQ(got.status, 200);
        EXPECT_EQ(got.body, "");
    }
    EXPECT_EQ(server.connections(), 1U);
}

TEST(CurlClientAnswers, ReadsOnlyTheContentLengthAndClosesTheConnection) {
    TestServer server([](TestServer::Connection& client) {
        while (client.read_request()) {
            client.send(TestServer::ok("right") + "surplus");
        }
    });
    Network network;
    for (int i = 0; i < 2; ++i) {
        const Exchange got = network.get(server.url());
        EXPECT_EQ(got.failed_as(), "");
        EXPECT_EQ(got.body, "right");
    }
    EXPECT_EQ(server.connections(), 2U);
}

TEST(CurlClientAnswers, RefusesLongHeaders) {
    std::string many = "HTTP/1.1 200 OK\r\n";
    while (many.size() <= 300 * 1024) {
        many += "X-Filler: " + std::string(1000, 'x') + "\r\n";
    }
    EXPECT_EQ(answered_with(many + "\r\n").failed_as(), "protocol");
    const std::string line = "X-Filler: " + std::string(200 * 1024, 'x') + "\r\n";
    EXPECT_EQ(answered_with("HTTP/1.1 200 OK\r\n" + line + "\r\n").failed_as(), "protocol");
}

TEST(CurlClientAnswers, AcceptsHeadersOfHalfTheLimit) {
    std::string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n";
    while (answer.size() <= 150 * 1024) {
        answer += "X-Filler: " + std::string(1000, 'x') + "\r\n";
    }
    const Exchange got = answered_with(answer + "\r\nhi");
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "hi");
    EXPECT_EQ(got.trace.size_header, answer.size() + 2);
}

class Broken {
public:
    const char* what;
    const char* bytes;
    const char* failure;
    const char* body;
};

TEST(CurlClientAnswers, ReportsHowAResponseIsBroken) {
    const std::array cases = {
        Broken{"nothing", "", "protocol", ""},
        Broken{"HTTP/0.9", "hello\n", "protocol", ""},
        Broken{"no status", "HTTP/1.1 huh\r\n\r\n", "protocol", ""},
        Broken{"end in the status line", "HTTP/1.1 20", "protocol", ""},
        Broken{"end in the headers", "HTTP/1.1 200 OK\r\nContent-Le", "protocol", ""},
        Broken{"end after a header", "HTTP/1.1 200 OK\r\nX: y\r\n", "protocol", ""},
        Broken{"end after an interim response", "HTTP/1.1 100 Continue\r\n\r\n", "protocol", ""},
        Broken{"end in the body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", "truncated",
               "abc"},
        Broken{"end before the body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "truncated",
               ""},
        Broken{"end in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
               "truncated", "abc"},
        Broken{"no last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
               "truncated", "abc"},
        Broken{"bad chunk size",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n",
               "protocol", "abc"},
        Broken{"unknown coding",
               "HTTP/1.1 200 OK\r\nContent-Encoding: odd\r\nContent-Length: 1\r\n\r\nx", "decode",
               ""},
        Broken{"corrupt coding",
               "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nxxxx",
               "decode", ""},
    };
    for (const Broken& broken : cases) {
        const Exchange got = answered_with(broken.bytes);
        EXPECT_EQ(got.failed_as(), broken.failure) << broken.what << ": " << got.message();
        EXPECT_EQ(got.body, broken.body) << broken.what;
        EXPECT_NE(got.message(), "") << broken.what;
    }
}

TEST(CurlClientAnswers, DecodesTheContentEncoding) {
    const std::string text(100'000, 'a');
    const std::string packed = gzip(text);
    TestServer server(TestServer::always(TestServer::ok(packed, "Content-Encoding: gzip\r\n")));
    Network network;
    const Exchange got = network.get(server.url());
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, text);
    EXPECT_EQ(got.trace.size_download, packed.size());
}

TEST(CurlClientAnswers, IgnoresAnUnknownContentEncodingOfAnEmptyBody) {
    const Exchange got = answered_with(TestServer::ok("", "Content-Encoding: odd\r\n"));
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "");
    EXPECT_EQ(answered_with(TestServer::ok("x", "Content-Encoding: odd\r\n")).failed_as(),
              "decode");
}

TEST(CurlClientAnswers, LimitsTheDecodedSize) {
    const std::string text(1 << 20, 'a');
    TestServer packed(TestServer::always(TestServer::ok(gzip(text), "Content-Encoding: gzip\r\n")));
    TestServer plain(TestServer::always(TestServer::ok(text)));
    for (const TestServer* server : {&packed, &plain}) {
        Network network;
        network.policy.max_body = text.size() - 1;
        const Exchange larger = network.get(server->url());
        EXPECT_EQ(larger.failed_as(), "too_large");
        EXPECT_LT(larger.body.size(), text.size());
        network.policy.max_body = text.size();
        EXPECT_EQ(network.get(server->url()).failed_as(), "");
    }
}

TEST(CurlClientAnswers, FailsAtATruncatedCoding) {
    std::string packed = gzip(std::string(100'000, 'a'));
    packed.resize(packed.size() - 9);
    TestServer server(TestServer::always(TestServer::ok(packed, "Content-Encoding: gzip\r\n")));
    Network network;
    EXPECT_EQ(network.get(server.url()).failed_as(), "decode");
}

TEST(CurlClientAnswers, ReportsAPlaintextResponseToTlsAsATlsError) {
    TestServer server([](TestServer::Connection& client) {
        client.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        client.wait_until_gone();
    });
    Network network;
    const Exchange got = network.get("https" + server.url().substr(4));
    EXPECT_EQ(got.failed_as(), "tls");
    EXPECT_EQ(got.status, 0);
}

TEST(CurlClientAnswers, ReportsAnUnknownName) {
    Network network;
    const Exchange got = network.get("http://no-such-host.invalid/");
    EXPECT_EQ(got.failed_as(), "dns");
    EXPECT_EQ(got.trace.curl_code, 6);
    EXPECT_EQ(got.trace.effective_url, "http://no-such-host.invalid/");
    EXPECT_TRUE(got.trace.total);
    EXPECT_FALSE(network.client.lookups_running());
}

TEST(CurlClientAnswers, TriesTheAddressesOfAName) {
    TestServer server(TestServer::always(TestServer::ok("hi")));
    Network network;
    const Exchange got = network.get(server.url("/", "any.name.localhost"));
    EXPECT_EQ(got.failed_as(), "");
    EXPECT_EQ(got.body, "hi");
}

}  // namespace
}  // namespace runnel
