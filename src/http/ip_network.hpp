#pragma once

#include <netinet/in.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace runnel::http {

/// An IPv4 or IPv6 address by its value: all spellings of one address are equal. An IPv6 address
/// that stands for an IPv4 one is not equal to it. Made of what the system has, without ado.
class IpAddress {
public:
    IpAddress(const in_addr& address) noexcept;
    IpAddress(const in6_addr& address) noexcept;

    /// What inet_pton() takes: four decimal numbers, or IPv6 without brackets and without a zone.
    [[nodiscard]] static std::optional<IpAddress> parse(std::string_view text);

    /// 4 or 16 bytes, in network order; they live as long as this.
    [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept {
        return std::span(bytes_).first(size_);
    }

    [[nodiscard]] bool operator==(const IpAddress& other) const = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    std::size_t size_;
};

/// The addresses of one family whose first bits are the same (CIDR, RFC 4632 and RFC 4291 2.3).
class IpNetwork {
public:
    /// `10.0.0.0/8`, `fc00::/7`, or an address, which is a network of one. Bits of the address
    /// behind the prefix do not count; `/0` is the whole family.
    [[nodiscard]] static std::optional<IpNetwork> parse(std::string_view text);

    [[nodiscard]] bool contains(const IpAddress& address) const noexcept;

private:
    IpNetwork(const IpAddress& address, std::size_t bits) noexcept
        : address_(address), bits_(bits) {}

    IpAddress address_;
    std::size_t bits_;
};

}  // namespace runnel::http
