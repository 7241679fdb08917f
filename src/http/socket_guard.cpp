#include "http/socket_guard.hpp"

#include <netdb.h>

#include <array>

#include "http/address_guard.hpp"

namespace runnel::http {

namespace {

std::string to_text(const curl_sockaddr& address) {
    std::array<char, NI_MAXHOST> text = {};
    const int status = getnameinfo(&address.addr, address.addrlen, text.data(), text.size(),
                                   nullptr, 0, NI_NUMERICHOST);
    return status == 0 ? text.data() : "an address of an unknown family";
}

}  // namespace

curl_socket_t SocketGuard::open(void* self, curlsocktype /*purpose*/,
                                curl_sockaddr* address) noexcept {
    auto* guard = static_cast<SocketGuard*>(self);
    if (is_public(address->addr)) {
        guard->opened_ = true;
        guard->refused_.clear();
        return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    }
    if (!guard->opened_ && guard->refused_.empty()) {
        guard->refused_ = to_text(*address);
    }
    return CURL_SOCKET_BAD;
}

void SocketGuard::forget() noexcept {
    refused_.clear();
    opened_ = false;
}

}  // namespace runnel::http
