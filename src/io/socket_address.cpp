#include "io/socket_address.hpp"

#include <netinet/in.h>
#include <uv.h>

#include <array>

#include "base/text.hpp"

namespace runnel {

namespace {

bool parse(const std::string& literal, std::uint16_t port, SocketAddress& address) {
    // uv_ip4_addr() would ignore everything after a NUL byte.
    if (literal.find('\0') != std::string::npos) {
        return false;
    }
    auto* four = reinterpret_cast<sockaddr_in*>(address.raw());
    auto* six = reinterpret_cast<sockaddr_in6*>(address.raw());
    return uv_ip4_addr(literal.c_str(), port, four) == 0 ||
           uv_ip6_addr(literal.c_str(), port, six) == 0;
}

}  // namespace

Result<std::vector<SocketAddress>> SocketAddress::of_host(const std::string& host,
                                                          std::uint16_t port) {
    std::vector<std::string> literals = {host};
    if (equal_ignoring_case(host, "localhost")) {
        literals = {"127.0.0.1", "::1"};
    }
    std::vector<SocketAddress> addresses;
    for (const std::string& literal : literals) {
        SocketAddress address;
        if (!parse(literal, port, address)) {
            return bad_input("'" + host + "' is not an address: give one like 127.0.0.1 or ::1");
        }
        addresses.push_back(address);
    }
    return addresses;
}

socklen_t SocketAddress::length() const noexcept {
    return storage_.ss_family == AF_INET6 ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

std::uint16_t SocketAddress::port() const noexcept {
    switch (storage_.ss_family) {
        case AF_INET: return ntohs(reinterpret_cast<const sockaddr_in*>(raw())->sin_port);
        case AF_INET6: return ntohs(reinterpret_cast<const sockaddr_in6*>(raw())->sin6_port);
        default: return 0;
    }
}

std::string SocketAddress::to_string() const {
    std::array<char, INET6_ADDRSTRLEN> text = {};
    if (uv_ip_name(raw(), text.data(), text.size()) != 0) {
        return "an unknown address";
    }
    const std::string host = text.data();
    return (storage_.ss_family == AF_INET6 ? "[" + host + "]" : host) + ":" +
           std::to_string(port());
}

}  // namespace runnel
