#include "base/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace runnel {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint32_t kNotADigit = 64;

/// The value of each byte as a digit.
constexpr std::array<std::uint8_t, 256> kDigits = [] {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(kNotADigit);
    for (std::size_t value = 0; value < kAlphabet.size(); ++value) {
        digits[static_cast<unsigned char>(kAlphabet[value])] = static_cast<std::uint8_t>(value);
    }
    return digits;
}();

}  // namespace

std::string to_base64(std::string_view bytes) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view group = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
        }
        text += kAlphabet[bits >> 18];
        text += kAlphabet[bits >> 12 & 63];
        text += group.size() > 1 ? kAlphabet[bits >> 6 & 63] : '=';
        text += group.size() > 2 ? kAlphabet[bits & 63] : '=';
    }
    return text;
}

std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    text.remove_suffix(padding);

    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        const std::string_view group = text.substr(at, 4);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const std::uint32_t digit =
                i < group.size() ? kDigits[static_cast<unsigned char>(group[i])] : 0U;
            if (digit == kNotADigit) {
                return std::nullopt;
            }
            bits = bits << 6 | digit;
        }
        const std::size_t count = group.size() - 1;
        for (std::size_t i = 0; i < count; ++i) {
            bytes += static_cast<char>(bits >> (16 - 8 * i) & 0xFF);
        }
        if ((bits & (0xFFFFFFU >> 8 * count)) != 0) {
            return std::nullopt;
        }
    }
    return bytes;
}

}  // namespace runnel
