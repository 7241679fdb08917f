#include "http/curl_error.hpp"

#include <fmt/format.h>

#include <string>

#include "base/ensure.hpp"
#include "base/out_of_memory.hpp"

namespace runnel::http {

namespace {

/// After the headers, a broken connection means a truncated body.
ErrorClass broken_connection(const Progress& progress) {
    // libcurl 7.88 reports a malformed chunk as a receive error.
    if (progress.detail.find("chunk") != std::string_view::npos) {
        return ErrorClass::Protocol;
    }
    // libcurl refuses HTTP/2 headers over its limits as an error of nghttp2's callbacks.
    const bool refused = progress.detail.find("nghttp2_session_mem_recv") != std::string_view::npos;
    if (refused && !progress.answered) {
        return ErrorClass::Protocol;
    }
    return progress.answered ? ErrorClass::Truncated : ErrorClass::Connect;
}

/// Only libcurl's message shows the error code of an HTTP/2 stream.
ErrorClass broken_stream(const Progress& progress) {
    const bool is_protocol_error = progress.detail.find("PROTOCOL_ERROR") != std::string_view::npos;
    return is_protocol_error && !progress.answered ? ErrorClass::Protocol
                                                   : broken_connection(progress);
}

/// CURLE_TOO_LARGE, which libcurl has since 8.6: more than 5000 response headers.
constexpr int kTooLarge = 100;

ErrorClass to_class(CURLcode code, const Progress& progress) {
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST: return ErrorClass::Dns;
        case CURLE_COULDNT_RESOLVE_PROXY:
        case CURLE_PROXY: return ErrorClass::Proxy;
        case CURLE_COULDNT_CONNECT:
        case CURLE_INTERFACE_FAILED:
        case CURLE_OPERATION_TIMEDOUT: return ErrorClass::Connect;
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_ENGINE_NOTFOUND:
        case CURLE_SSL_ENGINE_SETFAILED:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_ENGINE_INITFAILED:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_SHUTDOWN_FAILED:
        case CURLE_SSL_CRL_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
        case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        case CURLE_SSL_INVALIDCERTSTATUS:
        case CURLE_SSL_CLIENTCERT: return ErrorClass::Tls;
        case CURLE_SEND_ERROR:
        case CURLE_RECV_ERROR: return broken_connection(progress);
        case CURLE_HTTP2_STREAM: return broken_stream(progress);
        // The session ended: by a GOAWAY or by invalid frames.
        case CURLE_HTTP2:
            return progress.answered || progress.gone_away ? broken_connection(progress)
                                                           : ErrorClass::Protocol;
        // Before the headers it means that an HTTP/2 connection ended.
        case CURLE_PARTIAL_FILE: return broken_connection(progress);
        case CURLE_GOT_NOTHING:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_UNSUPPORTED_PROTOCOL:  // HTTP/0.9: the scheme was checked before
        case CURLE_BAD_FUNCTION_ARGUMENT: return ErrorClass::Protocol;
        case CURLE_BAD_CONTENT_ENCODING: return ErrorClass::Decode;
        case CURLE_FILESIZE_EXCEEDED: return ErrorClass::TooLarge;
        case CURLE_URL_MALFORMAT: return ErrorClass::BadInput;
        default: return code == kTooLarge ? ErrorClass::Protocol : ErrorClass::Internal;
    }
}

/// Whether \a proxy itself caused a failure. A TLS failure is the target's, behind a SOCKS proxy,
/// unless the proxy is an HTTPS proxy.
bool is_of_proxy(const Proxy& proxy, ErrorClass error_class) {
    return error_class != ErrorClass::Tls || proxy.scheme() == Proxy::Scheme::Https;
}

}  // namespace

Error to_error(CURLcode code, const Progress& progress) {
    if (code == CURLE_OUT_OF_MEMORY && !progress.answered) {
        // libcurl 7.88 reports a header line over 100 KiB in this way. In the program it cannot
        // mean that memory ran out: libcurl's allocators end the program then
        // (require_curl_memory).
        return Error(ErrorClass::Protocol, "a response header line is too long", code);
    }
    std::string message(progress.detail.empty() ? std::string_view(curl_easy_strerror(code))
                                                : progress.detail);
    Error error(to_class(code, progress), std::move(message), code);
    return progress.proxy != nullptr && is_of_proxy(*progress.proxy, error.error_class())
               ? proxy_error(*progress.proxy, error)
               : error;
}

Error proxy_error(const Proxy& proxy, const Error& failure) {
    return Error(ErrorClass::Proxy, fmt::format("{}: {}", proxy.redacted(), failure.message()),
                 failure.code());
}

void require_curl(CURLcode code, const char* call) {
    if (code == CURLE_OUT_OF_MEMORY) {
        out_of_memory();
    }
    if (code != CURLE_OK) {
        const std::string message = std::string(call) + ": " + curl_easy_strerror(code);
        RUNNEL_ENSURE(code == CURLE_OK, message.c_str());
    }
}

void require_curl(CURLMcode code, const char* call) {
    if (code == CURLM_OUT_OF_MEMORY) {
        out_of_memory();
    }
    if (code != CURLM_OK) {
        const std::string message = std::string(call) + ": " + curl_multi_strerror(code);
        RUNNEL_ENSURE(code == CURLM_OK, message.c_str());
    }
}

}  // namespace runnel::http
