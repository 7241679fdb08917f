#include "http/response_head.hpp"

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

}  // namespace

void ResponseHead::take(std::string_view name, std::string_view value) {
    value = trimmed(value, kBlanks);
    if (equal_ignoring_case(name, "location")) {
        location_ = location_.empty() ? std::string(value) : location_;
    } else if (equal_ignoring_case(name, "content-encoding")) {
        encoding_.append(encoding_.empty() ? "" : ",").append(value);
    } else if (equal_ignoring_case(name, "transfer-encoding")) {
        chunked_ = chunked_ || names_chunked(value);
    }
}

}  // namespace runnel::http
