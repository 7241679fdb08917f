#include "base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/utf8.hpp"

namespace runnel {

namespace {

/// Returns the length of the non-ASCII character at the front of \a text; 0 if it is not valid
/// UTF-8.
std::size_t character_size(std::string_view text) {
    for (std::size_t size = 2; size <= 4 && size <= text.size(); ++size) {
        if (is_valid_utf8(text.substr(0, size))) {
            return size;
        }
    }
    return 0;
}

/// C1 control characters, which some terminals interpret like escape sequences, and characters that
/// change the direction of writing, with which a line can be made to look like another one.
bool is_control(std::string_view character) {
    return (character >= "\xc2\x80" && character <= "\xc2\x9f") || character == "\xd8\x9c" ||
           character == "\xe2\x80\x8e" || character == "\xe2\x80\x8f" ||
           (character >= "\xe2\x80\xa8" && character <= "\xe2\x80\xae") ||
           (character >= "\xe2\x81\xa6" && character <= "\xe2\x81\xa9");
}

void append_escaped(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        const std::size_t size = byte < 0x80 ? 1 : character_size(text);
        const std::string_view character = text.substr(0, std::max<std::size_t>(size, 1));
        if (byte < 0x20 || byte == 0x7f || size == 0 || is_control(character)) {
            append_escaped(clean, character);
        } else {
            clean += character;
        }
        text.remove_prefix(character.size());
    }
    return clean;
}

}  // namespace runnel
