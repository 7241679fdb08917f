#include "http/framing.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/text.hpp"

namespace runnel::http {

namespace {

/// Whether a header after the one at \a first has the same name.
bool is_given_again(const Headers& headers, std::size_t first) {
    const std::string_view name = header_name(headers[first]);
    for (std::size_t at = first + 1; at < headers.size(); ++at) {
        if (equal_ignoring_case(header_name(headers[at]), name)) {
            return true;
        }
    }
    return false;
}

Result<void> check_length(const std::string& header, std::size_t body_size) {
    const bool valid =
        is_left_out(header) ? body_size == 0 : header_value(header) == std::to_string(body_size);
    if (!valid) {
        return bad_input(fmt::format(
            "header Content-Length is not the length of the body ({} bytes)", body_size));
    }
    return {};
}

Result<void> check_one(const std::string& header, std::size_t body_size) {
    const std::string_view name = header_name(header);
    const std::string_view value = header_value(header);
    const auto is = [name](std::string_view other) { return equal_ignoring_case(name, other); };
    if (!is_token(name)) {
        return bad_input("header whose name is not a token");
    }
    if (is("content-length")) {
        return check_length(header, body_size);
    }
    if (is_left_out(header)) {
        return {};
    }
    if (is("transfer-encoding") || is("upgrade")) {
        return bad_input(
            fmt::format("header {} is not taken: the framing of a request is fixed", name));
    }
    if (is("connection") && !equal_ignoring_case(value, "close") &&
        !equal_ignoring_case(value, "keep-alive")) {
        return bad_input("header Connection must be close or keep-alive");
    }
    if (is("te") && !equal_ignoring_case(value, "trailers")) {
        return bad_input("header TE must be trailers");
    }
    return {};
}

}  // namespace

Result<void> check_framing(const Headers& headers, std::size_t body_size) {
    for (std::size_t at = 0; at < headers.size(); ++at) {
        RUNNEL_TRY(check_one(headers[at], body_size));
        const std::string_view name = header_name(headers[at]);
        const bool once =
            equal_ignoring_case(name, "host") || equal_ignoring_case(name, "content-length");
        if (once && is_given_again(headers, at)) {
            return bad_input(fmt::format("header {} is given twice", name));
        }
    }
    return {};
}

}  // namespace runnel::http
