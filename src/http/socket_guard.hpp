#pragma once

#include <curl/curl.h>

#include <string>

namespace runnel::http {

/// Opens the sockets of a transfer that may only reach public addresses. It sees what will be
/// connected to, after all spelling and looking up, so nothing in a URL or in a name server's
/// answer gets round it.
class SocketGuard {
public:
    SocketGuard() = default;
    SocketGuard(const SocketGuard&) = delete;
    SocketGuard& operator=(const SocketGuard&) = delete;
    ~SocketGuard() = default;

    /// For CURLOPT_OPENSOCKETFUNCTION; \a self is the guard. CURL_SOCKET_BAD for an address that is
    /// not public: libcurl then tries the host's next one.
    static curl_socket_t open(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;

    /// Before the next transfer.
    void forget() noexcept;
    /// The first address that was refused; empty when there was none, or another was let through.
    [[nodiscard]] const std::string& refused() const noexcept { return refused_; }

private:
    std::string refused_;
    bool opened_ = false;
};

}  // namespace runnel::http
