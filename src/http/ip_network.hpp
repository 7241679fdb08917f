#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace runnel::http {

/// An IPv4 or IPv6 address by value: all spellings of one address are equal. An IPv6 address that
/// represents an IPv4 address is not equal to it. Converts implicitly from the types of the system.
class IpAddress {
public:
    IpAddress(const in_addr& address) noexcept;
    IpAddress(const in6_addr& address) noexcept;

    /// Parses the syntax of inet_pton(): four decimal numbers, or IPv6 without brackets and zone.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);
    /// Returns the address of a sockaddr_in or sockaddr_in6; nullopt for other families.
    [[nodiscard]] static std::optional<IpAddress> of(const sockaddr& address) noexcept;

    [[nodiscard]] bool is_ipv4() const noexcept { return size_ == sizeof(in_addr); }
    /// Returns the address in the syntax of parse().
    [[nodiscard]] std::string to_string() const;
    /// 4 or 16 bytes in network order, valid as long as this.
    [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept {
        return std::span(bytes_).first(size_);
    }

    [[nodiscard]] bool operator==(const IpAddress& other) const = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    std::size_t size_;
};

/// Addresses of one family with a common prefix (CIDR, RFC 4632 and RFC 4291 2.3).
class IpNetwork {
public:
    /// Parses `10.0.0.0/8`, `fc00::/7`, or a single address. Bits after the prefix are ignored;
    /// `/0` is the whole family.
    [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text);

    [[nodiscard]] bool contains(const IpAddress& address) const noexcept;

private:
    IpNetwork(const IpAddress& address, std::size_t bits) noexcept
        : address_(address), bits_(bits) {}

    IpAddress address_;
    std::size_t bits_;
};

}  // namespace runnel::http
