#include "http/socket_opener.hpp"

#include <netdb.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/system_error.hpp"
#include "http/address_guard.hpp"

namespace runnel::http {

namespace {

std::string to_text(const curl_sockaddr& address) {
    std::array<char, NI_MAXHOST> text = {};
    const int status = getnameinfo(&address.addr, address.addrlen, text.data(), text.size(),
                                   nullptr, 0, NI_NUMERICHOST);
    return status == 0 ? text.data() : "an address of an unknown family";
}

in_port_t port_of(const sockaddr& address) {
    return address.sa_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                         : reinterpret_cast<const sockaddr_in&>(address).sin_port;
}

/// Stores \a socket_address in \a given, which libcurl makes large enough for every family.
template <class SocketAddress>
void store(curl_sockaddr& given, const SocketAddress& socket_address, sa_family_t family) {
    given.family = family;
    given.addrlen = sizeof socket_address;
    auto* const bytes = reinterpret_cast<char*>(&given) + offsetof(curl_sockaddr, addr);
    std::memcpy(bytes, &socket_address, given.addrlen);
}

/// Replaces the address in \a given, but not its port.
void replace(curl_sockaddr& given, const IpAddress& address) {
    const in_port_t port = port_of(given.addr);
    if (address.is_ipv4()) {
        sockaddr_in ipv4 = {};
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = port;
        std::memcpy(&ipv4.sin_addr, address.bytes().data(), sizeof ipv4.sin_addr);
        store(given, ipv4, AF_INET);
    } else {
        sockaddr_in6 ipv6 = {};
        ipv6.sin6_family = AF_INET6;
        ipv6.sin6_port = port;
        std::memcpy(&ipv6.sin6_addr, address.bytes().data(), sizeof ipv6.sin6_addr);
        store(given, ipv6, AF_INET6);
    }
}

}  // namespace

void SocketOpener::begin(std::vector<IpAddress> addresses, bool public_only) {
    addresses_ = std::move(addresses);
    tried_.clear();
    public_only_ = public_only;
    accepted_ = false;
    shortage_ = 0;
    refused_.clear();
}

curl_socket_t SocketOpener::open(void* self, curlsocktype /*purpose*/,
                                 curl_sockaddr* address) noexcept {
    auto* opener = static_cast<SocketOpener*>(self);
    if (!opener->addresses_.empty()) {
        const IpAddress& current = opener->addresses_.front();
        replace(*address, current);
        std::erase(opener->tried_, current);
        opener->tried_.push_back(current);
    }
    if (!opener->allows(*address)) {
        return CURL_SOCKET_BAD;
    }
    const int socket =
        ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    opener->shortage_ = socket < 0 && is_lack_of_resources(errno) ? errno : 0;
    return socket;
}

bool SocketOpener::allows(const curl_sockaddr& address) {
    if (!public_only_ || is_public(address.addr)) {
        accepted_ = true;
        refused_.clear();
        return true;
    }
    if (!accepted_ && refused_.empty()) {
        refused_ = to_text(address);
    }
    return false;
}

bool SocketOpener::next() {
    if (addresses_.size() < 2) {
        return false;
    }
    addresses_.erase(addresses_.begin());
    return true;
}

void SocketOpener::prefer(const IpAddress& address) {
    std::rotate(addresses_.begin(), addresses_.begin() + 1, addresses_.end());
    std::erase(addresses_, address);
    addresses_.insert(addresses_.begin(), address);
}

}  // namespace runnel::http
