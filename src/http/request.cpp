#include "http/request.hpp"

#include <fmt/format.h>

namespace runnel::http {

void Policy::carry_everything_to(std::uint16_t port) {
    routes = RouteRules();
    routes.everything_to = port;
    family = Family::Any;
    public_only = false;
}

bool Request::encloses_body() const noexcept {
    return !body.empty() || method == "POST" || method == "PUT" || method == "PATCH";
}

Headers Request::headers_to_send() const {
    Headers all = headers;
    const auto add = [&all, this](std::string_view name, const char* header) {
        if (!has_header(headers, name)) {
            all.emplace_back(header);
        }
    };
    if (policy->compressed) {
        add("Accept-Encoding", "Accept-Encoding: gzip, deflate, br, zstd");
    }
    if (encloses_body()) {
        // Otherwise libcurl sends `Content-Type: application/x-www-form-urlencoded`, and `Expect:
        // 100-continue` for large bodies.
        add("Content-Type", "Content-Type:");
        add("Expect", "Expect:");
    }
    if (condition && condition->url == url.redacted()) {
        all.push_back(condition->header);
    }
    return all;
}

Result<void> Request::check_size() const {
    std::size_t size = method.size() + url.text().size();
    for (const std::string& header : headers) {
        size += header.size();
    }
    return size <= kMaxHead ? Result<void>()
                            : bad_input(fmt::format("the URL and the headers have {} bytes, more "
                                                    "than {}",
                                                    size, kMaxHead));
}

}  // namespace runnel::http
