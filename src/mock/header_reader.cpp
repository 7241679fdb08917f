#include "mock/header_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>

#include "base/text.hpp"
#include "json/typed_member.hpp"

namespace runnel::mock {

namespace {

/// What fits into a connection's memory, half of which libmicrohttpd may need for the request.
constexpr std::size_t kMaxSize = std::size_t{16} << 10;

bool is_token_character(char c) noexcept {
    const char small = to_lower(c);
    return (small >= 'a' && small <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_forbidden_in_value(char c) noexcept { return is_ascii_control(c) && c != '\t'; }

/// Why the server cannot send this header; empty: it can.
std::string_view objection(std::string_view name, std::string_view value) {
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_token_character)) {
        return "is no name of a header";
    }
    if (equal_ignoring_case(name, "Content-Length") ||
        equal_ignoring_case(name, "Transfer-Encoding")) {
        return "is made by the server: leave it out (the fault truncate sends less than announced)";
    }
    if (equal_ignoring_case(name, "Connection") && value != "close") {
        return "can be \"close\" only: connections are kept without it";
    }
    if (value.empty() || std::any_of(value.begin(), value.end(), is_forbidden_in_value)) {
        return "needs a value, without line ends and other control characters";
    }
    return "";
}

Result<void> append_header(const std::string& name, const JsonValue& value,
                           std::vector<Header>& headers) {
    const JsonMember member{name, value.where, value};
    Result<std::string> text = string_of(member, "\"text/plain\"");
    if (!text) {
        return text.error();
    }
    if (const std::string_view why = objection(name, *text); !why.empty()) {
        return wrong(member, why);
    }
    headers.push_back(Header{name, std::move(*text)});
    return {};
}

}  // namespace

Result<std::vector<Header>> read_headers(const JsonMember& member) {
    const Result<void> is_object =
        require_kind(member, JsonValue::Kind::Object, R"({"Content-Type": "text/plain"})");
    if (!is_object) {
        return is_object.error();
    }
    std::vector<Header> headers;
    for (const JsonMember& header : member.value.members) {
        const bool several = header.value.kind == JsonValue::Kind::Array;
        for (const JsonValue& value : several ? header.value.items : std::vector{header.value}) {
            if (const Result<void> done = append_header(header.name, value, headers); !done) {
                return done.error();
            }
        }
    }
    std::size_t size = 0;
    for (const Header& header : headers) {
        size += header.name.size() + header.value.size();
    }
    if (size > kMaxSize) {
        return wrong(member, fmt::format("hold {} bytes: the most is {}", size, kMaxSize));
    }
    return headers;
}

}  // namespace runnel::mock
