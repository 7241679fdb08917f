#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// Where a TCP socket is: an address of either family and a port.
class SocketAddress {
public:
    /// No address: what is told of a socket whose peer has gone already.
    SocketAddress() = default;

    /// The addresses of \a host, the preferred one first: of an IPv4 or IPv6 literal (without
    /// brackets; with %zone) itself, of "localhost" both loopbacks. Anything else is refused
    /// (ErrorClass::BadInput), for looking a name up would block.
    [[nodiscard]] static Result<std::vector<SocketAddress>> of_host(const std::string& host,
                                                                    std::uint16_t port);

    [[nodiscard]] const sockaddr* raw() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage_);
    }
    /// To be filled by the system, with at most size() bytes.
    [[nodiscard]] sockaddr* raw() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }
    [[nodiscard]] static constexpr int size() noexcept { return sizeof(sockaddr_storage); }

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// 127.0.0.1:80, [::1]:80, "an unknown address".
    [[nodiscard]] std::string to_string() const;

private:
    sockaddr_storage storage_ = {};
};

}  // namespace runnel
