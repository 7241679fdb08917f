#include "http/header.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace runnel::http {

namespace {

/// An invalid name may be a secret in the wrong place, so the message shows only its beginning.
Result<void> check_name(std::string_view name) {
    if (name.empty()) {
        return bad_input("header without a name");
    }
    if (!is_token(name)) {
        std::size_t valid = 0;
        while (is_token(name.substr(valid, 1))) {
            ++valid;
        }
        return bad_input(
            fmt::format("header name with a space or separator: \"{}...\"", name.substr(0, valid)));
    }
    return {};
}

/// A line end would inject further headers, and libcurl truncates the value at a NUL byte.
Result<void> check_value(std::string_view name, std::string_view value) {
    constexpr std::string_view kForbidden("\r\n\0", 3);
    if (value.find_first_of(kForbidden) != std::string_view::npos) {
        return bad_input(
            fmt::format("the value of header {} contains a line end or a NUL byte", name));
    }
    return {};
}

}  // namespace

Result<std::string> parse_header_name(std::string_view text) {
    RUNNEL_TRY(check_name(text));
    return std::string(text);
}

Result<std::string> parse_header(std::string_view text) {
    const std::string_view whole = trimmed(text);
    const bool empty = whole.ends_with(';') && is_token(whole.substr(0, whole.size() - 1));
    if (empty) {
        return std::string(whole);
    }
    const std::size_t colon = whole.find(':');
    if (colon == std::string_view::npos) {
        return bad_input("not a header: use \"Name: value\"");
    }
    const std::string_view name = whole.substr(0, colon);
    const std::string_view value = trimmed(whole.substr(colon + 1));
    if (value.empty()) {
        RUNNEL_TRY(check_name(name));
        return fmt::format("{}:", name);
    }
    return make_header(name, value);
}

Result<std::string> make_header(std::string_view name, std::string_view value) {
    RUNNEL_TRY(check_name(name));
    RUNNEL_TRY(check_value(name, value));
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

bool has_header(const Headers& headers, std::string_view name) noexcept {
    return std::any_of(headers.begin(), headers.end(), [name](const std::string& header) {
        return equal_ignoring_case(header_name(header), name);
    });
}

bool is_credential(std::string_view name) noexcept {
    return equal_ignoring_case(name, "authorization") || equal_ignoring_case(name, "cookie") ||
           equal_ignoring_case(name, "proxy-authorization");
}

}  // namespace runnel::http
