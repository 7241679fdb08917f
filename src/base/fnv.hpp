#pragma once

#include <cstdint>
#include <string_view>

namespace runnel {

/// The hash FNV-1a of 64 bits (Fowler, Noll and Vo; RFC 9923), the same in every build and on every
/// machine, so that it can be part of names and files. Whoever chooses the text can make two of
/// them equal: nothing may depend on it but names.
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return hash;
}

}  // namespace runnel
