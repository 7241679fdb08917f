#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace runnel::fuzz {

/// Returns the bytes of one run as text. Seeds are readable therefore: most targets take their
/// arguments from the first lines, and the rest is the subject.
inline std::string_view as_text(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Removes the first line from \a text and returns it without its newline.
inline std::string_view take_line(std::string_view& text) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    return line;
}

/// Removes the first byte from \a text and returns it as a number; 0 at the end.
inline std::size_t take_byte(std::string_view& text) {
    if (text.empty()) {
        return 0;
    }
    const auto byte = static_cast<unsigned char>(text.front());
    text.remove_prefix(1);
    return byte;
}

/// A word that seeds put where secrets are, such as a password. Messages must not contain it.
inline constexpr std::string_view kSecret = "S3CRET";

inline bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace runnel::fuzz

/// Runs one input: the entry point that libFuzzer and replay.cpp call. Aborts if a property does
/// not hold.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
