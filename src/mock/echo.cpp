#include "mock/echo.hpp"

#include <microhttpd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "json/escape.hpp"

namespace runnel::mock {

namespace {

using Headers = std::vector<Header>;

void add_header(Headers& headers, std::string_view name, std::string_view value) {
    const auto same = std::find_if(headers.begin(), headers.end(), [name](const Header& header) {
        return equal_ignoring_case(header.name, name);
    });
    if (same == headers.end()) {
        headers.push_back(Header{std::string(name), std::string(value)});
    } else {
        same->value.append(", ").append(value);
    }
}

Headers headers_of(MHD_Connection* connection) {
    Headers headers;
    const auto take = [](void* taken, MHD_ValueKind /*kind*/, const char* name, const char* value) {
        add_header(*static_cast<Headers*>(taken), name, value == nullptr ? "" : value);
        return MHD_YES;
    };
    MHD_get_connection_values(connection, MHD_HEADER_KIND, take, &headers);
    return headers;
}

void append_member(std::string& json, std::string_view name, std::string_view value) {
    append_json_string(json, name);
    json += ':';
    append_json_string(json, value);
}

}  // namespace

std::string echo_of(MHD_Connection* connection, const Request& request, std::string_view body,
                    std::size_t body_size) {
    const std::size_t mark = request.target.find('?');
    std::string json = "{";
    append_member(json, "method", request.method);
    json += ',';
    append_member(json, "path", request.target.substr(0, mark));
    json += ',';
    if (mark == std::string_view::npos) {
        json += R"("query":null)";
    } else {
        append_member(json, "query", request.target.substr(mark + 1));
    }
    json += R"(,"headers":{)";
    std::string_view separator;
    for (const Header& header : headers_of(connection)) {
        json += std::exchange(separator, ",");
        append_member(json, header.name, header.value);
    }
    json += "},";
    if (is_valid_utf8(body)) {
        append_member(json, "body", body);
    } else {
        append_member(json, "body_b64", to_base64(body));
    }
    json += R"(,"body_size":)" + std::to_string(body_size) + "}";
    return json;
}

}  // namespace runnel::mock
