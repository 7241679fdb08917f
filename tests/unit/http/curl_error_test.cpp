#include "http/curl_error.hpp"

#include <array>
#include <string>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

Progress progress(bool answered, std::string_view detail = "") {
    Progress progress;
    progress.answered = answered;
    progress.detail = detail;
    return progress;
}

ErrorClass class_of(CURLcode code, bool answered = false, std::string_view detail = "") {
    return to_error(code, progress(answered, detail)).error_class();
}

class Meaning {
public:
    CURLcode code;
    ErrorClass error_class;
};

TEST(CurlError, HasTheClassOfTheFailure) {
    const std::array cases = {
        Meaning{CURLE_COULDNT_RESOLVE_HOST, ErrorClass::Dns},
        Meaning{CURLE_COULDNT_RESOLVE_PROXY, ErrorClass::Proxy},
        Meaning{CURLE_PROXY, ErrorClass::Proxy},
        Meaning{CURLE_COULDNT_CONNECT, ErrorClass::Connect},
        Meaning{CURLE_OPERATION_TIMEDOUT, ErrorClass::Connect},
        Meaning{CURLE_SSL_CONNECT_ERROR, ErrorClass::Tls},
        Meaning{CURLE_PEER_FAILED_VERIFICATION, ErrorClass::Tls},
        Meaning{CURLE_SSL_CACERT_BADFILE, ErrorClass::Tls},
        Meaning{CURLE_GOT_NOTHING, ErrorClass::Protocol},
        Meaning{CURLE_WEIRD_SERVER_REPLY, ErrorClass::Protocol},
        Meaning{CURLE_UNSUPPORTED_PROTOCOL, ErrorClass::Protocol},
        Meaning{CURLE_BAD_CONTENT_ENCODING, ErrorClass::Decode},
        Meaning{CURLE_FILESIZE_EXCEEDED, ErrorClass::TooLarge},
        Meaning{CURLE_URL_MALFORMAT, ErrorClass::BadInput},
        Meaning{CURLE_FAILED_INIT, ErrorClass::Internal},
        Meaning{static_cast<CURLcode>(100), ErrorClass::Protocol},  // CURLE_TOO_LARGE, since 8.6
    };
    for (const Meaning& each : cases) {
        EXPECT_EQ(to_string(class_of(each.code)), to_string(each.error_class)) << each.code;
    }
}

TEST(CurlError, DistinguishesBrokenConnectionsBeforeAndAfterTheHeaders) {
    for (const CURLcode code :
         {CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2_STREAM}) {
        EXPECT_EQ(class_of(code, false), ErrorClass::Connect);
        EXPECT_EQ(class_of(code, true), ErrorClass::Truncated);
    }
}

TEST(CurlError, ReportsInvalidHttp2BeforeTheHeadersAsProtocol) {
    const char* senseless = "HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1)";
    EXPECT_EQ(class_of(CURLE_HTTP2_STREAM, false, senseless), ErrorClass::Protocol);
    EXPECT_EQ(class_of(CURLE_HTTP2_STREAM, true, senseless), ErrorClass::Truncated);
    const char* refused =
        "nghttp2_session_mem_recv() returned -902:The user callback function failed";
    EXPECT_EQ(class_of(CURLE_RECV_ERROR, false, refused), ErrorClass::Protocol);
    EXPECT_EQ(class_of(CURLE_RECV_ERROR, true, refused), ErrorClass::Truncated);
}

/// Returns the class of \a code for a transfer through \a proxy.
ErrorClass class_through(const char* proxy, CURLcode code) {
    const Result<Proxy> through = Proxy::parse(proxy, "-x");
    Progress pending = progress(false, "words");
    pending.proxy = &*through;
    return to_error(code, pending).error_class();
}

TEST(CurlError, ReportsFailuresOfAProxy) {
    for (const CURLcode code : {CURLE_COULDNT_CONNECT, CURLE_RECV_ERROR, CURLE_GOT_NOTHING}) {
        EXPECT_EQ(class_through("http://p", code), ErrorClass::Proxy) << code;
        EXPECT_EQ(class_through("socks5://p", code), ErrorClass::Proxy) << code;
    }
}

TEST(CurlError, ReportsTlsAsAProxyErrorForHttpsProxiesOnly) {
    EXPECT_EQ(class_through("https://p", CURLE_SSL_CONNECT_ERROR), ErrorClass::Proxy);
    EXPECT_EQ(class_through("socks5://p", CURLE_SSL_CONNECT_ERROR), ErrorClass::Tls);
}

TEST(CurlError, NamesTheProxyWithoutItsPassword) {
    const Result<Proxy> proxy = Proxy::parse("http://user:secret@p:8080", "-x");
    const Error error = proxy_error(*proxy, Error(ErrorClass::Connect, "refused", 7));
    EXPECT_EQ(error.error_class(), ErrorClass::Proxy);
    EXPECT_EQ(error.message(), "http://***@p:8080: refused");
    EXPECT_EQ(error.code(), 7);
}

TEST(CurlError, RecognizesABadChunkInAReceiveError) {
    EXPECT_EQ(class_of(CURLE_RECV_ERROR, true,
                       "Illegal or missing hexadecimal sequence in chunked"
                       "-encoding"),
              ErrorClass::Protocol);
}

TEST(CurlError, RecognizesALongHeaderLineInAMemoryError) {
    EXPECT_EQ(class_of(CURLE_OUT_OF_MEMORY, false), ErrorClass::Protocol);
    EXPECT_EQ(class_of(CURLE_OUT_OF_MEMORY, true), ErrorClass::Internal);
}

TEST(CurlError, UsesTheMessagesOfLibcurl) {
    const Error exact = to_error(CURLE_COULDNT_CONNECT, progress(false, "port 1: refused"));
    EXPECT_EQ(exact.message(), "port 1: refused");
    EXPECT_EQ(exact.code(), 7);
    const Error general = to_error(CURLE_COULDNT_CONNECT, progress(false));
    EXPECT_EQ(general.message(), curl_easy_strerror(CURLE_COULDNT_CONNECT));
}

TEST(CurlErrorDeathTest, AbortsAtABug) {
    require_curl(CURLE_OK, "curl_easy_setopt");
    require_curl(CURLM_OK, "curl_multi_add_handle");
    EXPECT_DEATH(require_curl(CURLE_UNKNOWN_OPTION, "curl_easy_setopt"), "curl_easy_setopt: ");
    EXPECT_DEATH(require_curl(CURLM_BAD_HANDLE, "curl_multi_add_handle"), "curl_multi_add_handle");
}

}  // namespace
}  // namespace runnel::http
