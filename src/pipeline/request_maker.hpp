#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/request.hpp"
#include "pipeline/input.hpp"
#include "pipeline/request_line.hpp"
#include "pipeline/url_template.hpp"

namespace runnel {

/// Defaults for requests whose line does not specify a value.
struct RequestDefaults {
    std::string method;  ///< If empty: POST with a body, otherwise GET.
    /// Default headers. A header of the same name in the line overrides one. A Content-Length
    /// belongs to the form, and is ignored for a line with a body.
    http::Headers headers;
    /// A form (`a=1&b=2`), sent as such unless there is a Content-Type. May be empty.
    std::optional<std::string> form;
};

/// Makes requests from lines. A line is a URL, or a JSON object (see pipeline/request_line.hpp),
/// or, with a template, any text to insert into the URL.
///
/// Secrets are shown as `***` in records and by `--dry-run`. If such output is used as input, the
/// defaults supply the secrets again: an Authorization header replaces a hidden user name and
/// password in the URL, and a default header replaces a hidden one. Without such a default the line
/// is invalid.
class RequestMaker {
public:
    /// \a policy must outlive the requests.
    RequestMaker(const http::Policy& policy, RequestDefaults defaults = RequestDefaults(),
                 std::optional<UrlTemplate> url_template = std::nullopt);

    /// Makes the input for \a text, the significant part of a line. The request fails with
    /// ErrorClass::BadInput; messages contain no secrets.
    [[nodiscard]] Input make(std::string text, std::string file,
                             std::optional<std::uint64_t> number) const;
    /// Returns a complete line for the request of \a input, which must have been made by this and
    /// be valid. Secrets are hidden. Default headers that the line removes are not mentioned.
    [[nodiscard]] RequestLine describe(const Input& input) const;

private:
    [[nodiscard]] Result<RequestLine> read(const std::string& text) const;
    [[nodiscard]] Result<http::Request> request_for(const RequestLine& line,
                                                    const http::Headers& own) const;
    [[nodiscard]] Result<http::Headers> headers_of(const RequestLine& line) const;
    [[nodiscard]] http::Headers with_defaults(const RequestLine& line,
                                              const http::Headers& own) const;
    [[nodiscard]] Result<void> set_content(const RequestLine& line, http::Request& request) const;

    const http::Policy& policy_;
    RequestDefaults defaults_;
    std::optional<UrlTemplate> template_;
};

}  // namespace runnel
