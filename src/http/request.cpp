#include "http/request.hpp"

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
        add("Accept-Encoding", "Accept-Encoding: gzip, deflate, br");
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

}  // namespace runnel::http
