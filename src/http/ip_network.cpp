#include "http/ip_network.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string>
#include <system_error>

namespace runnel::http {

IpAddress::IpAddress(const in_addr& address) noexcept : size_(sizeof address) {
    std::memcpy(bytes_.data(), &address, sizeof address);
}

IpAddress::IpAddress(const in6_addr& address) noexcept : size_(sizeof address) {
    std::memcpy(bytes_.data(), &address, sizeof address);
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    const std::string terminated(text);
    in_addr ipv4 = {};
    if (inet_pton(AF_INET, terminated.c_str(), &ipv4) == 1) {
        return ipv4;
    }
    in6_addr ipv6 = {};
    if (inet_pton(AF_INET6, terminated.c_str(), &ipv6) == 1) {
        return ipv6;
    }
    return std::nullopt;
}

std::optional<IpAddress> IpAddress::of(const sockaddr& address) noexcept {
    switch (address.sa_family) {
        case AF_INET: return reinterpret_cast<const sockaddr_in&>(address).sin_addr;
        case AF_INET6: return reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
        default: return std::nullopt;
    }
}

std::string IpAddress::to_string() const {
    std::array<char, INET6_ADDRSTRLEN> text = {};
    const int family = is_ipv4() ? AF_INET : AF_INET6;
    return inet_ntop(family, bytes_.data(), text.data(), text.size()) != nullptr ? text.data() : "";
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const std::optional<IpAddress> address = IpAddress::parse(text.substr(0, slash));
    if (!address) {
        return std::nullopt;
    }
    const std::size_t width = 8 * address->bytes().size();
    if (slash == std::string_view::npos) {
        return IpNetwork(*address, width);
    }
    std::size_t bits = 0;
    const char* const end = text.data() + text.size();
    const auto [stopped, problem] = std::from_chars(text.data() + slash + 1, end, bits);
    if (problem != std::errc() || stopped != end || bits > width) {
        return std::nullopt;
    }
    return IpNetwork(*address, bits);
}

bool IpNetwork::contains(const IpAddress& address) const noexcept {
    const std::span<const std::uint8_t> ours = address_.bytes();
    const std::span<const std::uint8_t> theirs = address.bytes();
    const std::size_t whole = bits_ / 8;
    const std::size_t rest = bits_ % 8;
    if (ours.size() != theirs.size() ||
        !std::ranges::equal(ours.first(whole), theirs.first(whole))) {
        return false;
    }
    return rest == 0 || (ours[whole] ^ theirs[whole]) >> (8 - rest) == 0;
}

}  // namespace runnel::http
