#include "json/escape.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <system_error>

namespace runnel {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101;
constexpr std::uint64_t kHighBits = 0x8080808080808080;

std::uint64_t load(const char* from) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return word;
}

/// Sets the high bit of each byte that needs an escape in JSON or is not ASCII. Bits above the
/// lowest one set may be wrong (borrows), so only the first such byte is exact.
constexpr std::uint64_t special_bytes(std::uint64_t word) noexcept {
    const std::uint64_t control = word - kOnes * 0x20;
    const std::uint64_t quote = (word ^ (kOnes * '"')) - kOnes;
    const std::uint64_t backslash = (word ^ (kOnes * '\\')) - kOnes;
    return ((control | quote | backslash) & ~word & kHighBits) | (word & kHighBits);
}

bool is_plain(char byte) noexcept {
    const auto value = static_cast<unsigned char>(byte);
    return value >= 0x20 && value < 0x80 && byte != '"' && byte != '\\';
}

/// Returns how many bytes at the front of \a text can be copied as they are: plain ASCII and
/// well-formed UTF-8.
std::size_t copyable_prefix(std::string_view text) noexcept {
    std::size_t size = 0;
    while (true) {
        size += plain_prefix(text.substr(size));
        if (size == text.size() || static_cast<unsigned char>(text[size]) < 0x80) {
            return size;
        }
        const Utf8Sequence sequence = leading_utf8_sequence(text.substr(size));
        if (!sequence.valid) {
            return size;
        }
        size += sequence.length;
    }
}

void append_escape(std::string& out, char byte) {
    constexpr std::string_view kHex = "0123456789abcdef";
    switch (byte) {
        case '"': out += "\\\""; return;
        case '\\': out += "\\\\"; return;
        case '\b': out += "\\b"; return;
        case '\f': out += "\\f"; return;
        case '\n': out += "\\n"; return;
        case '\r': out += "\\r"; return;
        case '\t': out += "\\t"; return;
        default: break;
    }
    const auto value = static_cast<unsigned char>(byte);
    out += "\\u00";
    out += kHex[value >> 4];
    out += kHex[value & 0xF];
}

/// Removes the four digits of a `\u` escape from \a text and returns their value.
std::optional<std::uint32_t> take_hex4(std::string_view& text) noexcept {
    std::uint32_t unit = 0;
    const char* const end = text.data() + std::min<std::size_t>(text.size(), 4);
    const auto [stop, problem] = std::from_chars(text.data(), end, unit, 16);
    if (problem != std::errc() || stop != text.data() + 4) {
        return std::nullopt;
    }
    text.remove_prefix(4);
    return unit;
}

/// Removes the digits after `\u` from \a text, including the second half of a surrogate pair, and
/// returns the code point.
std::optional<std::uint32_t> take_code_point(std::string_view& text) noexcept {
    const std::optional<std::uint32_t> unit = take_hex4(text);
    if (!unit || *unit < 0xD800 || *unit > 0xDFFF) {
        return unit;
    }
    if (*unit > 0xDBFF || !text.starts_with("\\u")) {
        return std::nullopt;
    }
    text.remove_prefix(2);
    const std::optional<std::uint32_t> low = take_hex4(text);
    if (!low || *low < 0xDC00 || *low > 0xDFFF) {
        return std::nullopt;
    }
    return 0x10000 + ((*unit - 0xD800) << 10) + (*low - 0xDC00);
}

void append_utf8(std::string& out, std::uint32_t code_point) {
    const auto push = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    const auto push_tail = [&](unsigned shift) { push(0x80 | (code_point >> shift & 0x3F)); };
    if (code_point < 0x80) {
        push(code_point);
    } else if (code_point < 0x800) {
        push(0xC0 | code_point >> 6);
        push_tail(0);
    } else if (code_point < 0x10000) {
        push(0xE0 | code_point >> 12);
        push_tail(6);
        push_tail(0);
    } else {
        push(0xF0 | code_point >> 18);
        push_tail(12);
        push_tail(6);
        push_tail(0);
    }
}

/// Removes one escape from \a text, which starts with its backslash, and appends the character it
/// stands for. Returns false if the escape is invalid.
bool take_escape(std::string& out, std::string_view& text) {
    const char code = text.size() > 1 ? text[1] : '\0';
    text.remove_prefix(std::min<std::size_t>(text.size(), 2));
    switch (code) {
        case '"':
        case '\\':
        case '/': out += code; return true;
        case 'b': out += '\b'; return true;
        case 'f': out += '\f'; return true;
        case 'n': out += '\n'; return true;
        case 'r': out += '\r'; return true;
        case 't': out += '\t'; return true;
        case 'u': break;
        default: return false;
    }
    const std::optional<std::uint32_t> code_point = take_code_point(text);
    if (code_point) {
        append_utf8(out, *code_point);
    }
    return code_point.has_value();
}

}  // namespace

std::size_t plain_prefix(std::string_view text) noexcept {
    static_assert(std::endian::native == std::endian::little, "the first byte must be the lowest");
    std::size_t size = 0;
    for (; size + sizeof(std::uint64_t) <= text.size(); size += sizeof(std::uint64_t)) {
        const std::uint64_t special = special_bytes(load(text.data() + size));
        if (special != 0) {
            return size + static_cast<std::size_t>(std::countr_zero(special)) / 8;
        }
    }
    while (size < text.size() && is_plain(text[size])) {
        ++size;
    }
    return size;
}

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    while (true) {
        const std::size_t copied = copyable_prefix(text);
        out.append(text.substr(0, copied));
        text.remove_prefix(copied);
        if (text.empty()) {
            break;
        }
        if (static_cast<unsigned char>(text[0]) < 0x80) {
            append_escape(out, text[0]);
            text.remove_prefix(1);
        } else {
            out += "\xEF\xBF\xBD";
            text.remove_prefix(leading_utf8_sequence(text).length);
        }
    }
    out += '"';
}

bool append_unescaped(std::string& out, std::string_view text) {
    const std::size_t before = out.size();
    while (true) {
        const std::size_t copied = std::min(text.find('\\'), text.size());
        out.append(text.substr(0, copied));
        text.remove_prefix(copied);
        if (text.empty()) {
            return true;
        }
        if (!take_escape(out, text)) {
            out.resize(before);
            return false;
        }
    }
}

}  // namespace runnel
