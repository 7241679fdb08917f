#include "pipeline/request_maker.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/parse.hpp"
#include "base/text.hpp"
#include "http/framing.hpp"
#include "json/cursor.hpp"
#include "json/structural_index.hpp"

namespace runnel {

namespace {

/// Keeps id and extra of an object that is not a valid request, so that its record can be matched.
void keep_identity(std::string_view text, Input& input) {
    StructuralIndex index;
    if (!is_request_line(text) || index.build(text)) {
        return;
    }
    JsonCursor cursor(index);
    cursor.start_document(text.size());
    std::string id;
    std::string extra;
    const auto member = [&](std::string_view key) {
        const JsonCursor::Mark begin = cursor.mark();
        const bool passed = cursor.skip();
        if (passed && (key == "id" || key == "extra")) {
            (key == "id" ? id : extra) = cursor.text_between(begin, cursor.mark());
        }
        return passed;
    };
    if (cursor.members(member) && cursor.finish_document()) {
        input.id = std::move(id);
        input.extra = std::move(extra);
    }
}

/// Parses the URL of a line. A hidden user name and password is removed if there is an
/// Authorization header.
Result<http::Url> parse_url(std::string text, const http::Headers& headers) {
    const std::string hidden = fmt::format("://{}@", http::kHidden);
    const std::size_t scheme_end = text.find("://");
    if (scheme_end != std::string::npos && text.compare(scheme_end, hidden.size(), hidden) == 0) {
        if (!http::has_header(headers, "Authorization")) {
            return bad_input(
                fmt::format("{}: its user name and password are hidden; pass them with -u",
                            http::without_userinfo(text)));
        }
        text.replace(scheme_end, hidden.size(), "://");
    }
    return http::Url::parse(text);
}

}  // namespace

RequestMaker::RequestMaker(const http::Policy& policy, RequestDefaults defaults,
                           std::optional<UrlTemplate> url_template)
    : policy_(policy), defaults_(std::move(defaults)), template_(std::move(url_template)) {}

Input RequestMaker::make(std::string text, std::string file,
                         std::optional<std::uint64_t> number) const {
    Result<RequestLine> line = read(text);
    if (!line) {
        Input input(std::move(text), std::move(file), number, std::move(line).error());
        keep_identity(input.text, input);
        return input;
    }
    Result<http::Headers> own = headers_of(*line);
    Input input(std::move(text), std::move(file), number,
                own ? request_for(*line, *own) : own.error());
    if (own) {
        input.headers = *std::move(own);
    }
    input.id = std::move(line->id);
    input.extra = std::move(line->extra);
    if (input.request && line->expect) {
        Result<http::StatusSet> expect = http::StatusSet::parse(*line->expect);
        if (expect) {
            input.expect = *expect;
        } else {
            input.request = bad_input("\"expect\": " + expect.error().message());
        }
    }
    return input;
}

RequestLine RequestMaker::describe(const Input& input) const {
    const http::Request& request = *input.request;
    RequestLine line = std::move(read(input.text)).value();
    line.url = request.url.redacted();
    line.method = request.method;
    line.headers.clear();
    for (const std::string& header : request.headers) {
        const std::string_view name = http::header_name(header);
        const std::string_view value =
            http::is_credential(name) ? http::kHidden : http::header_value(header);
        if (!http::is_left_out(header)) {
            line.headers.emplace_back(name, value);
        }
    }
    line.body.reset();
    if (!request.body.empty()) {
        line.body = request.body;
    }
    return line;
}

Result<RequestLine> RequestMaker::read(const std::string& text) const {
    if (!template_ && is_request_line(text)) {
        return read_request_line(text);
    }
    RequestLine line;
    line.url = template_ ? template_->fill(text) : text;
    return line;
}

Result<http::Request> RequestMaker::request_for(const RequestLine& line,
                                                const http::Headers& own) const {
    http::Headers headers = with_defaults(line, own);
    RUNNEL_TRY_ASSIGN(http::Url url, parse_url(line.url, headers));
    http::Request request(std::move(url), policy_);
    request.headers = std::move(headers);
    RUNNEL_TRY(set_content(line, request));
    RUNNEL_TRY(http::check_framing(request.headers, request.body.size()));
    RUNNEL_TRY(request.check_size());
    if (line.max_time) {
        const Result<Duration> max_time = parse_duration(*line.max_time);
        if (!max_time) {
            return bad_input("\"max_time\": " + max_time.error().message());
        }
        request.max_time = *max_time;
    }
    return request;
}

/// Returns the headers of the line itself.
Result<http::Headers> RequestMaker::headers_of(const RequestLine& line) const {
    http::Headers own;
    for (const auto& [name, value] : line.headers) {
        if (http::is_credential(name) && value == http::kHidden) {
            if (!http::has_header(defaults_.headers, name)) {
                return bad_input(fmt::format("the value of {} is hidden; pass it with -H", name));
            }
            continue;
        }
        RUNNEL_TRY_ASSIGN(std::string header, http::make_header(name, value));
        own.push_back(std::move(header));
    }
    return own;
}

http::Headers RequestMaker::with_defaults(const RequestLine& line, const http::Headers& own) const {
    http::Headers all;
    for (const std::string& header : defaults_.headers) {
        const std::string_view name = http::header_name(header);
        const bool of_other_body = line.body && equal_ignoring_case(name, "content-length");
        if (!of_other_body && !http::has_header(own, name)) {
            all.push_back(header);
        }
    }
    all.insert(all.end(), own.begin(), own.end());
    return all;
}

/// Sets method and body, which depend on each other.
Result<void> RequestMaker::set_content(const RequestLine& line, http::Request& request) const {
    const std::optional<std::string>& body = line.body ? line.body : defaults_.form;
    const std::string& method = line.method ? *line.method : defaults_.method;
    if (!method.empty()) {
        request.method = method;
    } else if (body) {
        request.method = "POST";
    }
    if (request.method == "HEAD" && body) {
        return bad_input("a HEAD request has no body");
    }
    if (body) {
        request.body = *body;
    }
    if (!line.body && body && !http::has_header(request.headers, "Content-Type")) {
        request.headers.emplace_back("Content-Type: application/x-www-form-urlencoded");
    }
    return {};
}

}  // namespace runnel
