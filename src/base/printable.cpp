#include "base/printable.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/text.hpp"
#include "base/utf8.hpp"

namespace runnel {

namespace {

/// A character at the front of a text, or bytes that are not UTF-8.
struct Piece {
    std::string_view bytes;
    bool valid;
};

Piece front_of(std::string_view text) {
    if (static_cast<unsigned char>(text.front()) < 0x80) {
        return {text.substr(0, 1), true};
    }
    const Utf8Sequence sequence = leading_utf8_sequence(text);
    return {text.substr(0, sequence.length), sequence.valid};
}

/// Whether \a character is a C1 control character, which some terminals interpret like an escape
/// sequence, or one that changes the direction of writing or ends a line, with which a line can be
/// made to look like another one.
bool is_unicode_control(std::string_view character) {
    return (character >= "\xc2\x80" && character <= "\xc2\x9f") || character == "\xd8\x9c" ||
           character == "\xe2\x80\x8e" || character == "\xe2\x80\x8f" ||
           (character >= "\xe2\x80\xa8" && character <= "\xe2\x80\xae") ||
           (character >= "\xe2\x81\xa6" && character <= "\xe2\x81\xa9");
}

bool needs_escape(const Piece& piece) {
    return !piece.valid || is_ascii_control(piece.bytes.front()) || is_unicode_control(piece.bytes);
}

void append_bytes_escaped(std::string& out, std::string_view bytes) {
    for (const char c : bytes) {
        out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    }
}

/// Returns the code point of a control character, which has at most three bytes.
std::uint32_t code_point(std::string_view character) {
    constexpr std::uint32_t kLeadBits[] = {0x7f, 0x1f, 0x0f};
    std::uint32_t code = static_cast<unsigned char>(character[0]) & kLeadBits[character.size() - 1];
    for (const char c : character.substr(1)) {
        code = code << 6 | (static_cast<unsigned char>(c) & 0x3fU);
    }
    return code;
}

void append_json_escaped(std::string& out, const Piece& piece) {
    out += fmt::format("\\u{:04x}", piece.valid ? code_point(piece.bytes) : 0xfffdU);
}

/// Returns how many bytes at the front of \a text are printable ASCII, newlines or tabs.
std::size_t plain_size(std::string_view text) {
    const auto* const end = std::find_if(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x80 ||
               (is_ascii_control(c) && c != '\n' && c != '\t');
    });
    return static_cast<std::size_t>(end - text.begin());
}

}  // namespace

std::string printable(std::string_view text) {
    std::string clean;
    clean.reserve(text.size());
    while (!text.empty()) {
        const Piece piece = front_of(text);
        if (needs_escape(piece)) {
            append_bytes_escaped(clean, piece.bytes);
        } else {
            clean += piece.bytes;
        }
        text.remove_prefix(piece.bytes.size());
    }
    return clean;
}

void TerminalFilter::feed(std::string_view piece, std::string& out) {
    if (held_.empty()) {
        append(piece, false, out);
        return;
    }
    const std::string joined = std::exchange(held_, std::string()).append(piece);
    append(joined, false, out);
}

void TerminalFilter::finish(std::string& out) {
    const std::string rest = std::exchange(held_, std::string());
    append(rest, true, out);
}

void TerminalFilter::append(std::string_view text, bool complete, std::string& out) {
    for (;;) {
        const std::size_t plain = plain_size(text);
        out += text.substr(0, plain);
        text.remove_prefix(plain);
        if (text.empty()) {
            return;
        }
        const Piece piece = front_of(text);
        const bool may_go_on = text.front() == '\r' || !piece.valid;
        if (!complete && may_go_on && piece.bytes.size() == text.size()) {
            held_ = text;
            return;
        }
        if (!needs_escape(piece) || text.starts_with("\r\n")) {
            out += piece.bytes;
        } else if (form_ == Form::Json) {
            append_json_escaped(out, piece);
        } else {
            append_bytes_escaped(out, piece.bytes);
        }
        text.remove_prefix(piece.bytes.size());
    }
}

std::string shown_on_terminal(std::string_view text, TerminalFilter::Form form) {
    TerminalFilter filter(form);
    std::string shown;
    filter.feed(text, shown);
    filter.finish(shown);
    return shown;
}

}  // namespace runnel
