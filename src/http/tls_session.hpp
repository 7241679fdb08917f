#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>

#include "http/trace.hpp"

struct ssl_st;

namespace runnel::http {

/// The TLS session of a connection: what libcurl does not tell about it. Lives as long as the
/// connection or a transfer refers to it.
class TlsSession {
public:
    explicit TlsSession(ssl_st& ssl);
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;
    ~TlsSession() = default;

    /// Returns the session of the connection that \a easy uses. Null without TLS, or if libcurl
    /// does not use OpenSSL. For CURLOPT_PREREQFUNCTION.
    [[nodiscard]] static std::shared_ptr<const TlsSession> of(CURL* easy);

    /// Whether the server has ended the session with a close_notify alert. Without it, the end of
    /// the connection may be a cut (RFC 8446, section 6.1).
    [[nodiscard]] bool was_closed() const noexcept { return closed_; }
    /// Whether data was decrypted that libcurl has not read. False once the connection is closed.
    [[nodiscard]] bool has_data() const noexcept;
    [[nodiscard]] bool is_http2() const noexcept { return http2_; }
    /// Returns the first certificate to expire of those that prove the server's identity to the
    /// trusted one, which is not counted itself; or of all that the server sent, if they prove
    /// nothing. Not set once the connection is closed.
    [[nodiscard]] std::optional<CertificateExpiry> first_to_expire() const;

private:
    static int index();
    static void on_info(const ssl_st* ssl, int where, int value) noexcept;

    ssl_st* ssl_;  // null once the connection is closed
    bool closed_ = false;
    bool http2_ = false;
};

}  // namespace runnel::http
