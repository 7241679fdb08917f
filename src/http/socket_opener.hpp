#pragma once

#include <curl/curl.h>

#include <string>
#include <vector>

#include "http/ip_network.hpp"

namespace runnel::http {

/// Opens the sockets of a transfer, and decides which address they connect to. This is the last
/// step before a connection, so no spelling of a URL, answer of a name server or entry of libcurl's
/// DNS cache can bypass it.
///
/// libcurl knows one address of a host only. If the host has several, the opener replaces it by the
/// current one of its own list; Transfer goes through that list.
class SocketOpener {
public:
    SocketOpener() = default;
    SocketOpener(const SocketOpener&) = delete;
    SocketOpener& operator=(const SocketOpener&) = delete;
    ~SocketOpener() = default;

    /// Begins a transfer to \a addresses, in this order; empty to leave the address to libcurl.
    /// Refuses addresses that are not is_public() if \a public_only.
    void begin(std::vector<IpAddress> addresses, bool public_only);

    /// For CURLOPT_OPENSOCKETFUNCTION; \a self is the opener. Returns CURL_SOCKET_BAD for an
    /// address that is refused.
    static curl_socket_t open(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;

    /// Gives the current address up. Returns false if it is the only one left.
    [[nodiscard]] bool next();
    /// Makes \a address the current one. The address that was current becomes the last one.
    void prefer(const IpAddress& address);

    /// The current address first, then those to try after it; empty unless there are several.
    [[nodiscard]] const std::vector<IpAddress>& addresses() const noexcept { return addresses_; }
    /// The addresses that were current when a socket was needed, without repetitions.
    [[nodiscard]] const std::vector<IpAddress>& tried() const noexcept { return tried_; }
    /// The errno of a system that lacked resources for the last socket; 0 if it did not.
    [[nodiscard]] int shortage() const noexcept { return shortage_; }
    /// The first refused address; empty if there is none, or if another address was accepted.
    [[nodiscard]] const std::string& refused() const noexcept { return refused_; }

private:
    [[nodiscard]] bool allows(const curl_sockaddr& address);

    std::vector<IpAddress> addresses_;
    std::vector<IpAddress> tried_;
    bool public_only_ = false;
    bool accepted_ = false;  // an address was not refused
    int shortage_ = 0;
    std::string refused_;
};

}  // namespace runnel::http
