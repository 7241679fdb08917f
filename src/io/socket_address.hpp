#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// The address of a TCP socket: IPv4 or IPv6, and a port.
class SocketAddress {
public:
    /// Makes an object without an address, for a socket whose peer is already gone.
    SocketAddress() = default;

    /// Returns the addresses of \a host, the preferred one first. \a host is an IPv4 or IPv6
    /// literal (without brackets; with %zone), or "localhost", which is both loopback addresses.
    /// Fails with ErrorClass::BadInput for any other name, because a look-up would block.
    [[nodiscard]] static Result<std::vector<SocketAddress>> of_host(const std::string& host,
                                                                    std::uint16_t port);

    [[nodiscard]] const sockaddr* raw() const noexcept {
        return reinterpret_cast<const sockaddr*>(&storage_);
    }
    /// For system calls that store an address of at most size() bytes.
    [[nodiscard]] sockaddr* raw() noexcept { return reinterpret_cast<sockaddr*>(&storage_); }
    [[nodiscard]] static constexpr int size() noexcept { return sizeof(sockaddr_storage); }

    /// For system calls that take an address.
    [[nodiscard]] socklen_t length() const noexcept;

    [[nodiscard]] std::uint16_t port() const noexcept;
    /// 127.0.0.1:80, [::1]:80, "an unknown address".
    [[nodiscard]] std::string to_string() const;

private:
    sockaddr_storage storage_ = {};
};

}  // namespace runnel
