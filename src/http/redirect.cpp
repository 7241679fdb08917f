#include "http/redirect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace runnel::http {

namespace {

bool is_credential(const std::string& header) {
    std::string name = header.substr(0, header.find(':'));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return name == "authorization" || name == "cookie" || name == "proxy-authorization";
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
    if (next.method == request.method) {
        next.body = request.body;
    }
    next.headers = request.headers;
    next.max_time = request.max_time;
    if (next.url.origin() != request.url.origin()) {
        std::erase_if(next.headers, is_credential);
    }
    return next;
}

/// As curl, which goes wherever a 3xx sends it, also with a 300 or 304.
bool leads_on(const Result<std::unique_ptr<Response>>& response) {
    return response && (*response)->status() / 100 == 3 && !(*response)->location().empty();
}

}  // namespace

bool is_redirect(int status) noexcept {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Task<Result<std::unique_ptr<Response>>> RedirectClient::send(const Request& request, Trace& trace) {
    Result<std::unique_ptr<Response>> response = co_await next_.send(request, trace);
    if (!leads_on(response) || !request.policy->follow_redirects) {
        co_return response;
    }
    Request hop = request;
    while (leads_on(response)) {
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
        response = co_await next_.send(hop, trace);
    }
    co_return response;
}

}  // namespace runnel::http
