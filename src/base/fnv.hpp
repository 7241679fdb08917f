#pragma once

#include <cstdint>
#include <string_view>

namespace runnel {

/// Returns the 64-bit FNV-1a hash of \a text (Fowler, Noll and Vo; RFC 9923). It is the same in
/// every build and on every machine, so that it can be part of file names and formats. Collisions
/// are easy to construct: do not use it for security.
[[nodiscard]] constexpr std::uint64_t fnv1a(std::string_view text) noexcept {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    }
    return hash;
}

}  // namespace runnel
