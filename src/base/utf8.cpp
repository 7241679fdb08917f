#include "base/utf8.hpp"

#include <cstdint>
#include <cstring>

namespace runnel {
namespace {

/// Returns the number of ASCII bytes at the front of \a text. Reads 8 bytes at a time, because most
/// texts are ASCII throughout.
std::size_t ascii_prefix(std::string_view text) noexcept {
    std::size_t size = 0;
    for (std::uint64_t word = 0; size + sizeof word <= text.size(); size += sizeof word) {
        std::memcpy(&word, text.data() + size, sizeof word);
        if ((word & 0x8080808080808080) != 0) {
            break;
        }
    }
    while (size < text.size() && static_cast<unsigned char>(text[size]) < 0x80) {
        ++size;
    }
    return size;
}

}  // namespace

Utf8Sequence leading_utf8_sequence(std::string_view text) noexcept {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0xC2 || lead > 0xF4) {
        return {1, false};
    }
    const std::size_t wanted = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    // The second byte's narrower ranges keep out overlong forms, surrogates and > U+10FFFF.
    unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    for (std::size_t at = 1; at < wanted; ++at) {
        const unsigned byte = at < text.size() ? static_cast<unsigned char>(text[at]) : 0U;
        if (byte < low || byte > high) {
            return {at, false};
        }
        low = 0x80;
        high = 0xBF;
    }
    return {wanted, true};
}

std::size_t valid_utf8_prefix(std::string_view text) noexcept {
    std::size_t size = ascii_prefix(text);
    while (size < text.size()) {
        const Utf8Sequence sequence = leading_utf8_sequence(text.substr(size));
        if (!sequence.valid) {
            break;
        }
        size += sequence.length;
        size += ascii_prefix(text.substr(size));
    }
    return size;
}

bool is_valid_utf8(std::string_view text) noexcept {
    return valid_utf8_prefix(text) == text.size();
}

}  // namespace runnel
