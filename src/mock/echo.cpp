#include "mock/echo.hpp"

#include <microhttpd.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "base/base64.hpp"
#include "base/text.hpp"
#include "base/utf8.hpp"
#include "json/object_writer.hpp"

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

}  // namespace

std::string echo_of(MHD_Connection* connection, const Request& request, std::string_view body,
                    std::size_t body_size) {
    const std::size_t mark = request.target.find('?');
    const bool has_query = mark != std::string_view::npos;
    std::string json;
    JsonObjectWriter object(json);
    object.member("method", request.method);
    object.member("path", request.target.substr(0, mark));
    object.member("query",
                  has_query ? std::optional(request.target.substr(mark + 1)) : std::nullopt);
    object.begin_object("headers");
    for (const Header& header : headers_of(connection)) {
        object.member(header.name, header.value);
    }
    object.end_object();
    if (is_valid_utf8(body)) {
        object.member("body", body);
    } else {
        object.member("body_b64", to_base64(body));
    }
    object.member("body_size", body_size);
    object.end();
    return json;
}

}  // namespace runnel::mock
