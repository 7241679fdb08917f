#include "http/response_head.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace runnel::http {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

/// Whether the last coding of a Transfer-Encoding is `chunked`.
bool names_chunked(std::string_view codings) {
    constexpr std::string_view kChunked = "chunked";
    return codings.size() >= kChunked.size() &&
           equal_ignoring_case(codings.substr(codings.size() - kChunked.size()), kChunked);
}

bool is_number(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

}  // namespace

Result<void> ResponseHead::take(std::string_view name, std::string_view value) {
    value = trimmed(value, kBlanks);
    if (equal_ignoring_case(name, "location")) {
        location_ = location_.empty() ? std::string(value) : location_;
    } else if (equal_ignoring_case(name, "content-encoding")) {
        encoding_.append(encoding_.empty() ? "" : ",").append(value);
    } else if (equal_ignoring_case(name, "transfer-encoding")) {
        chunked_ = chunked_ || names_chunked(value);
    } else if (equal_ignoring_case(name, "content-length")) {
        return take_length(value);
    }
    return {};
}

/// The same number several times, also in a list, is valid (RFC 9110, section 8.6).
Result<void> ResponseHead::take_length(std::string_view value) {
    for (;;) {
        const std::size_t comma = value.find(',');
        const std::string_view length = trimmed(value.substr(0, comma), kBlanks);
        if (!is_number(length)) {
            return Error(ErrorClass::Protocol, "Content-Length is not a number");
        }
        if (!length_.empty() && length != length_) {
            return Error(ErrorClass::Protocol, "several Content-Lengths that differ");
        }
        length_ = length;
        if (comma == std::string_view::npos) {
            return {};
        }
        value.remove_prefix(comma + 1);
    }
}

}  // namespace runnel::http
