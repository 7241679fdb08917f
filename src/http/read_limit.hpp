#pragma once

#include <curl/curl.h>

#include <cstddef>

namespace runnel::http {

/// Limits what one call into libcurl reads from TLS connections.
///
/// libcurl and OpenSSL read on until something arrives for the transfer. So a server that sends
/// anything else as fast as it is read, such as HTTP/2 frames without effect or TLS messages
/// without end, would keep one call busy, and the loop with it. With the limit, a connection from
/// which much was read in a call reports that no more has arrived. Its socket stays readable, so
/// the loop calls again, after its timers, its signals and its other sockets.
///
/// Requires a libcurl that uses OpenSSL; with another one there is no limit.
class ReadLimit {
public:
    ReadLimit() = default;
    ReadLimit(const ReadLimit&) = delete;
    ReadLimit& operator=(const ReadLimit&) = delete;
    ~ReadLimit() = default;

    /// Applies the limit to the TLS connections that are opened for \a easy, which has not started.
    /// This must outlive them. \a through_tls is whether they may run inside of a TLS connection to
    /// a proxy.
    void apply(CURL* easy, bool through_tls);

    /// Starts to count anew, before a call.
    void renew() noexcept { left_ = kMaxRead; }

private:
    /// Maximum of bytes read in a call; about as many as a Transfer takes before it pauses.
    static constexpr std::size_t kMaxRead = std::size_t{64} << 10;

    struct Hooks;

    std::size_t left_ = kMaxRead;
};

}  // namespace runnel::http
