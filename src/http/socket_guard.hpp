#pragma once

#include <curl/curl.h>

#include <string>

namespace runnel::http {

/// Opens the sockets of a transfer that may connect to public addresses only. It checks the
/// resolved address, so the spelling of a URL and the answers of a name server cannot bypass it.
class SocketGuard {
public:
    SocketGuard() = default;
    SocketGuard(const SocketGuard&) = delete;
    SocketGuard& operator=(const SocketGuard&) = delete;
    ~SocketGuard() = default;

    /// For CURLOPT_OPENSOCKETFUNCTION; \a self is the guard. Returns CURL_SOCKET_BAD for an address
    /// that is not public; libcurl then tries the next address of the host.
    static curl_socket_t open(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;

    /// Resets the guard for the next transfer.
    void forget() noexcept;
    /// The first refused address; empty if there is none, or if another address was accepted.
    [[nodiscard]] const std::string& refused() const noexcept { return refused_; }

private:
    std::string refused_;
    bool opened_ = false;
};

}  // namespace runnel::http
