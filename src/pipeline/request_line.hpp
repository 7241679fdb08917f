#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// A request as one line of JSON asks for it:
/// `{"url":…,"method":…,"headers":{…},"body":…|"body_b64":…,"max_time":…,"expect":…,"id":…,"extra":{…}}`.
/// Only the URL is always there. What the values mean is for others to say, apart from what is
/// stated here.
class RequestLine {
public:
    using Header = std::pair<std::string, std::string>;

    /// Declared so that this is no aggregate (see Error).
    RequestLine() = default;

    std::string url;                    ///< Not empty.
    std::optional<std::string> method;  ///< A token of RFC 9110.
    /// Names and values in the order given. A name is a token and may come again; a value holds
    /// neither CR, LF nor NUL.
    std::vector<Header> headers;
    std::optional<std::string> body;      ///< Any bytes.
    std::optional<std::string> max_time;  ///< As parse_duration() takes it.
    std::optional<std::string> expect;    ///< A list: `200,3xx`.
    std::string id;                       ///< Raw JSON as written; empty: absent.
    std::string extra;                    ///< As id.

    friend bool operator==(const RequestLine&, const RequestLine&) = default;
};

/// Reads \a line: one JSON object, strictly (see JsonCursor), with nothing but white space around
/// it. Members:
/// - `url`, `method`: strings.
/// - `headers`: an object. A value is a string, a number or an array of those: one header for each.
/// - `body`: a string is sent as it is, any other value as its JSON text. `body_b64`: bytes in
///   Base64. At most one of them.
/// - `max_time`: a duration as a string, or seconds as a number.
/// - `expect`: a string, a number or an array of those.
/// - `id`, `extra`: anything.
///
/// A member that is null counts as absent, and one of another name is ignored: so a record is a
/// request line. A member of these names that comes twice is a failure.
///
/// Fails with ErrorClass::BadInput. The message names the member, or the place of what is no JSON;
/// it shows no header's value and no body.
[[nodiscard]] Result<RequestLine> read_request_line(std::string_view line);

/// Appends \a request to \a out as one line with its newline, without what is absent. Reads back as
/// the same request if all its text is UTF-8 (the body need not be) and id and extra have no line
/// ends between their tokens, which become spaces.
void append_json(const RequestLine& request, std::string& out);

}  // namespace runnel
