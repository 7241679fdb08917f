#include "json/cursor.hpp"
#include "base/text.hpp"

namespace runnel {
namespace {

/// Skips digits; returns false if there is none.
bool skip_digits(const char*& at, const char* end) noexcept {
    const char* const begin = at;
    while (at != end && is_digit(*at)) {
        ++at;
    }
    return at != begin;
}

bool skip_byte(const char*& at, const char* end, char byte) noexcept {
    const bool is_here = at != end && *at == byte;
    at += is_here ? 1 : 0;
    return is_here;
}

/// RFC 8259, section 6.
bool is_number(const char* at, const char* end) noexcept {
    skip_byte(at, end, '-');
    if (!skip_byte(at, end, '0') && !skip_digits(at, end)) {
        return false;
    }
    if (skip_byte(at, end, '.') && !skip_digits(at, end)) {
        return false;
    }
    if (skip_byte(at, end, 'e') || skip_byte(at, end, 'E')) {
        if (!skip_byte(at, end, '+')) {
            skip_byte(at, end, '-');
        }
        if (!skip_digits(at, end)) {
            return false;
        }
    }
    return at == end;
}

}  // namespace

bool JsonCursor::skip() {
    std::string_view content;
    switch (peek()) {
        case '{': return members([this](std::string_view) { return skip(); });
        case '[': return elements([this] { return skip(); });
        case '"': return string(content);
        case 't': return literal("true");
        case 'f': return literal("false");
        case 'n': return literal("null");
        case '-':
        case '0':
        case '1':
        case '2':
        case '3':
        case '4':
        case '5':
        case '6':
        case '7':
        case '8':
        case '9': return number();
        case '\0':
        case ',':
        case ':':
        case ']':
        case '}': return fail("a value is missing");
        default: return fail("unexpected character");
    }
}

bool JsonCursor::number() noexcept {
    const std::uint32_t begin = *next_++;
    return is_number(base_ + begin, end_before(next_)) || fail_at(begin, "a number is malformed");
}

bool JsonCursor::literal(std::string_view name) noexcept {
    const Mark token = next_++;
    return text_between(token, next_) == name ||
           fail_at(*token, "an unquoted word is not true, false or null");
}

bool JsonCursor::check_escapes(std::string_view content) noexcept {
    constexpr std::string_view kCodes = R"("\/bfnrtu)";
    for (std::size_t at = content.find('\\'); at != std::string_view::npos;
         at = content.find('\\', at + 2)) {
        const std::string_view escape = content.substr(at, 6);
        const bool known = escape.size() > 1 && kCodes.find(escape[1]) != std::string_view::npos;
        const bool whole =
            known &&
            (escape[1] != 'u' ||
             (escape.size() == 6 && std::all_of(escape.begin() + 2, escape.end(), is_hex_digit)));
        if (!whole) {
            return fail_at(static_cast<std::size_t>(escape.data() - base_),
                           "invalid escape in a string");
        }
    }
    return true;
}

void JsonCursor::append_compact(std::string& out, Mark from, Mark to) const {
    Mark run = from;
    for (Mark token = from; token != to; ++token) {
        const char* const end = end_before(token + 1);
        if (token + 1 == to || end != base_ + token[1]) {
            out.append(base_ + *run, end);
            run = token + 1;
        }
    }
}

}  // namespace runnel
