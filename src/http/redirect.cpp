#include "http/redirect.hpp"

#include <fmt/format.h>

#include <string_view>
#include <utility>

#include "base/text.hpp"

namespace runnel::http {

namespace {

/// Whether a header must not be sent to another origin.
bool belongs_to_origin(const std::string& header) {
    return is_credential(header_name(header)) || equal_ignoring_case(header_name(header), "host");
}

/// Whether a header describes the body (RFC 9110, section 15.4).
bool belongs_to_body(const std::string& header) {
    constexpr std::string_view kPrefix = "content-";
    const std::string_view name = header_name(header);
    return equal_ignoring_case(name.substr(0, kPrefix.size()), kPrefix) ||
           equal_ignoring_case(name, "transfer-encoding") || equal_ignoring_case(name, "expect");
}

std::string method_after(int status, const std::string& method) {
    const bool becomes_get = (status == 303 && method != "HEAD") ||
                             ((status == 301 || status == 302) && method == "POST");
    return becomes_get ? "GET" : method;
}

Result<Request> next_request(const Request& request, const Response& response) {
    RUNNEL_TRY_ASSIGN(Url target, request.url.resolve(response.location()));
    if (request.url.is_https() && !target.is_https() && !request.policy->allow_downgrade) {
        return Error(ErrorClass::Redirect,
                     fmt::format("redirected from https to {}", target.redacted()));
    }
    Request next(std::move(target), *request.policy);
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

/// Whether to follow \a response: any 3xx with a Location, as in curl, except a 304 to a
/// conditional request.
bool is_followed(const Request& request, const Result<std::unique_ptr<Response>>& response) {
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
    if (!is_followed(request, response) || !request.policy->follow_redirects) {
        co_return response;
    }
    Request hop = request;
    while (is_followed(hop, response)) {
        if (trace.redirects == request.policy->max_redirects) {
            co_return Error(ErrorClass::Redirect,
                            fmt::format("more than {} redirects", trace.redirects),
                            /*CURLE_TOO_MANY_REDIRECTS*/ 47);
        }
        RUNNEL_CO_TRY_ASSIGN(Request next, next_request(hop, **response));
        co_await discard(**response);
        response->reset();
        hop = std::move(next);
        ++trace.redirects;
        trace.redirect = trace.total;
        response = co_await next_.send(hop, options, trace);
    }
    co_return response;
}

}  // namespace runnel::http
