#include "http/header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include "base/text.hpp"

namespace runnel::http {

namespace {

bool is_token_char(char c) noexcept {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    const char low = to_lower(c);
    return (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
}

Error bad(std::string message) { return Error(ErrorClass::BadInput, std::move(message)); }

/// What is no name may be a secret that was put into the wrong place, so only its beginning is
/// told.
Result<void> check_name(std::string_view name) {
    if (name.empty()) {
        return bad("a header without a name");
    }
    if (!is_token(name)) {
        const auto end = std::find_if_not(name.begin(), name.end(), is_token_char);
        return bad(fmt::format("a header's name holds no spaces and separators: \"{}...\"",
                               std::string_view(name.begin(), end)));
    }
    return {};
}

/// Line ends would smuggle in headers of their own, and libcurl would end the value at a NUL.
Result<void> check_value(std::string_view name, std::string_view value) {
    constexpr std::string_view kForbidden("\r\n\0", 3);
    if (value.find_first_of(kForbidden) != std::string_view::npos) {
        return bad(fmt::format("the value of the header {} holds a line end or NUL", name));
    }
    return {};
}

}  // namespace

bool is_token(std::string_view text) noexcept {
    return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

Result<std::string> parse_header_name(std::string_view text) {
    Result<void> checked = check_name(text);
    return checked ? Result<std::string>(std::string(text)) : std::move(checked).error();
}

Result<std::string> parse_header(std::string_view text) {
    const std::string_view whole = trimmed(text);
    const bool empty = whole.ends_with(';') && is_token(whole.substr(0, whole.size() - 1));
    if (empty) {
        return std::string(whole);
    }
    const std::size_t colon = whole.find(':');
    if (colon == std::string_view::npos) {
        return bad("a header is written \"Name: value\"");
    }
    const std::string_view name = whole.substr(0, colon);
    const std::string_view value = trimmed(whole.substr(colon + 1));
    if (value.empty()) {
        Result<void> checked = check_name(name);
        return checked ? Result<std::string>(fmt::format("{}:", name)) : std::move(checked).error();
    }
    return make_header(name, value);
}

Result<std::string> make_header(std::string_view name, std::string_view value) {
    Result<void> checked = check_name(name);
    if (checked) {
        checked = check_value(name, value);
    }
    if (!checked) {
        return std::move(checked).error();
    }
    const std::string_view text = trimmed(value);
    return text.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, text);
}

std::string_view header_name(std::string_view header) noexcept {
    return header.substr(0, header.find_first_of(":;"));
}

std::string_view header_value(std::string_view header) noexcept {
    return trimmed(header.substr(std::min(header_name(header).size() + 1, header.size())));
}

bool is_left_out(std::string_view header) noexcept { return header.find(':') + 1 == header.size(); }

bool same_name(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

bool has_header(const Headers& headers, std::string_view name) noexcept {
    return std::any_of(headers.begin(), headers.end(), [name](const std::string& header) {
        return same_name(header_name(header), name);
    });
}

bool is_credential(std::string_view name) noexcept {
    return same_name(name, "authorization") || same_name(name, "cookie") ||
           same_name(name, "proxy-authorization");
}

}  // namespace runnel::http
