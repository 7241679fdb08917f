#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// A request described by a line of JSON:
/// `{"url":…,"method":…,"headers":{…},"body":…|"body_b64":…|"json":…,"max_time":…,"expect":…,"id":…,"extra":{…}}`.
/// Only the URL is required. Values are checked only as stated here.
class RequestLine {
public:
    using Header = std::pair<std::string, std::string>;

    /// Declared so that this is not an aggregate (see Error).
    RequestLine() = default;

    std::string url;                    ///< Not empty.
    std::optional<std::string> method;  ///< A token (RFC 9110).
    /// Names and values in the order given. A name is a token and may be repeated; a value contains
    /// no CR, LF or NUL.
    std::vector<Header> headers;
    std::optional<std::string> body;      ///< Any bytes.
    std::optional<std::string> max_time;  ///< For parse_duration().
    std::optional<std::string> expect;    ///< A list: `200,3xx`.
    std::string id;                       ///< Raw JSON as written; empty if absent.
    std::string extra;                    ///< Raw JSON as written; empty if absent.

    friend bool operator==(const RequestLine&, const RequestLine&) = default;
};

/// Returns whether \a line starts like a JSON object, so that it is not a plain URL.
[[nodiscard]] bool is_request_line(std::string_view line) noexcept;

/// Parses \a line: one JSON object without extensions (see JsonCursor). Members:
/// - `url`, `method`: strings.
/// - `headers`: an object. A value is a string, a number or an array of these: one header each.
/// - `body`: a string is sent as it is, any other value as its JSON text. `body_b64`: bytes in
///   Base64. `json`: any value; its JSON text is the body, with `Content-Type: application/json`
///   unless `headers` names a type. At most one of the three.
/// - `max_time`: a duration as a string, or seconds as a number.
/// - `expect`: a string, a number or an array of these.
/// - `id`, `extra`: any value.
///
/// A member that is null counts as absent, and unknown members are ignored, so that a record is a
/// valid request line. Repeating one of these members is an error, and so is a member that is one
/// of them with a slip (case, `-` for `_`, a plural s) or the word of another tool for it (`data`,
/// `timeout`, `params`, `header`, `form`, `verb`, `auth`, `cookies`).
///
/// Fails with ErrorClass::BadInput. The message names the member, or the place of invalid JSON; it
/// contains no header values and no body.
[[nodiscard]] Result<RequestLine> read_request_line(std::string_view line);

/// Appends \a request to \a out as one line with its newline, without absent members. Parsing the
/// line returns the same request if all its text is UTF-8 (except the body) and id and extra have
/// no line ends between their tokens; these become spaces.
void append_json(const RequestLine& request, std::string& out);

}  // namespace runnel
