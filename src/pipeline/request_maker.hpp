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

/// What holds for a request whose line does not say otherwise.
struct RequestDefaults {
    std::string method;     ///< Empty: POST with a body, else GET.
    http::Headers headers;  ///< One is left out where the line has one of its name.
    /// A form (`a=1&b=2`), and sent as one unless there is a Content-Type. May be empty.
    std::optional<std::string> form;
};

/// Makes requests of lines. A line is a URL, or a JSON object as pipeline/request_line.hpp reads
/// it; or, with a template, anything that is to be put into a URL.
///
/// Secrets are shown as `***`, in records and by `--dry-run`. A line that comes back from there
/// gets them from the defaults again: an Authorization takes the place of a hidden user name and
/// password in the URL, a header that of a hidden one. Where there is none the line is no request.
class RequestMaker {
public:
    /// \a policy must outlive the requests.
    RequestMaker(const http::Policy& policy, RequestDefaults defaults = RequestDefaults(),
                 std::optional<UrlTemplate> url_template = std::nullopt);

    /// The input that is \a text, the significant part of a line, and where it was found. Its
    /// request fails with ErrorClass::BadInput, and shows no secrets.
    [[nodiscard]] Input make(std::string text, std::string file,
                             std::optional<std::uint64_t> number) const;
    /// The line that asks for the request of \a input, which there must be, and which this made:
    /// all of it is said, secrets are hidden. A default header that is left out stays unsaid.
    [[nodiscard]] RequestLine describe(const Input& input) const;

private:
    [[nodiscard]] Result<RequestLine> read(const std::string& text) const;
    [[nodiscard]] Result<http::Request> request_for(const RequestLine& line) const;
    [[nodiscard]] Result<http::Headers> headers_for(const RequestLine& line) const;
    [[nodiscard]] Result<void> set_content(const RequestLine& line, http::Request& request) const;

    const http::Policy& policy_;
    RequestDefaults defaults_;
    std::optional<UrlTemplate> template_;
};

}  // namespace runnel
