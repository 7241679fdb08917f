#include "http/redirect.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace runnel::http {

namespace {

/// Meant for the origin that the request was made for: secrets, and the name it goes by.
bool belongs_to_origin(const std::string& header) {
    return is_credential(header_name(header)) || same_name(header_name(header), "host");
}

/// Says something about a body (RFC 9110, section 15.4).
bool belongs_to_body(const std::string& header) {
    constexpr std::string_view kPrefix = "content-";
    const std::string_view name = header_name(header);
    return same_name(name.substr(0, kPrefix.size()), kPrefix) ||
           same_name(name, "transfer-encoding") || same_name(name, "expect");
}

std::string method_after(int status, const std::string& method) {
    const bool becomes_get = (status == 303 && method != "HEAD") ||
                             ((status == 301 || status == 302) && method == "POST");
    return becomes_get ? "GET" : method;
}

Result<Request> next_request(const Request& request, const Response& response) {
    Result<Url> target = request.url.resolve(response.location());
    if (!target) {
        return std::move(target).error();
    }
    if (request.url.is_https() && !target->is_https() && !request.policy->allow_downgrade) {
        return Error(ErrorClass::Redirect,
                     fmt::format("redirected from https to {}", target->redacted()));
    }
    Request next(std::move(*target), *request.policy);
    next.method = method_after(response.status(), request.method);
    next.headers = request.headers;
    if (next.method == request.method) {
        next.body = request.body;
    } else {
        std::erase_if(next.headers, belongs_to_body);
    }
    next.max_time = request.max_time;
    next.condition = request.condition;
    if (next.url.origin() != request.url.origin()) {
        std::erase_if(next.headers, belongs_to_origin);
    }
    return next;
}

/// As curl, which goes wherever a 3xx sends it, also with a 300 or 304; but not where a 304 was
/// asked for.
bool leads_on(const Request& request, const Result<std::unique_ptr<Response>>& response) {
    return response && (*response)->status() / 100 == 3 && !(*response)->location().empty() &&
           !(request.condition && (*response)->status() == 304);
}

}  // namespace

bool is_redirect(int status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Error unexpected_status(const Response& response, const Policy& policy) {
    if (policy.follow_redirects && is_redirect(response.status()) && response.location().empty()) {
        return Error(ErrorClass::Redirect,
                     fmt::format("status {} without a Location", response.status()));
    }
    return Error(ErrorClass::HttpStatus, fmt::format("status {}", response.status()));
}

Task<Result<std::unique_ptr<Response>>> RedirectClient::send(const Request& request,
                                                             SendOptions options, Trace& trace) {
    Result<std::unique_ptr<Response>> response = co_await next_.send(request, options, trace);
    if (!leads_on(request, response) || !request.policy->follow_redirects) {
        co_return response;
    }
    Request hop = request;
    while (leads_on(hop, response)) {
        if (trace.redirects == request.policy->max_redirects) {
            co_return Error(ErrorClass::Redirect,
                            fmt::format("more than {} redirects", trace.redirects),
                            /*CURLE_TOO_MANY_REDIRECTS*/ 47);
        }
        Result<Request> next = next_request(hop, **response);
        if (!next) {
            co_return std::move(next).error();
        }
        co_await discard(**response);
        response->reset();
        hop = std::move(*next);
        ++trace.redirects;
        trace.redirect = trace.total;
        response = co_await next_.send(hop, options, trace);
    }
    co_return response;
}

}  // namespace runnel::http
