#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace runnel {

/// The result of one input, as written by `--json` and to the journal. Members have the names and
/// order of the keys; an empty string, optional or port is written as null. See
/// docs/record.schema.json for the exact format.
class Record {
public:
    using Time = std::optional<std::chrono::microseconds>;
    enum class State { Delivered, Failed, Cancelled };

    /// Declared so that this is not an aggregate (see Error).
    Record() = default;

    /// Returns `state`; `ok` is true for State::Delivered. Derived from the failure: none means
    /// delivered; ErrorClass::Deadline, Interrupted and Cancelled mean cancelled; all others mean
    /// failed.
    [[nodiscard]] State state() const noexcept;

    std::string input;    ///< The line as read.
    std::string file_in;  ///< File it was read from; empty for an argument.
    std::optional<std::uint64_t> line;
    std::string id;     ///< Raw JSON text, passed through with line ends replaced by spaces.
    std::string extra;  ///< Raw JSON text, passed through as `id` is.
    std::chrono::system_clock::time_point finished;  ///< `ts`.
    std::optional<Error> failure;                    ///< `error` and `errormsg`.
    std::optional<int> exitcode;  ///< CURLcode; not set if nothing was attempted.

    std::string method;
    std::string url;
    std::string url_effective;
    std::optional<int> response_code;  ///< Not set without a response.
    std::string http_version;          ///< As curl prints it: `1`, `1.1`, `2`.
    std::string content_type;
    std::uint64_t size_download = 0;  ///< Bytes of the body on the wire.
    std::uint64_t size_header = 0;    ///< Bytes of response headers.
    unsigned num_redirects = 0;
    unsigned attempts = 0;
    bool hedged = false;
    bool not_modified = false;
    std::string remote_ip;
    std::uint16_t remote_port = 0;

    // Cumulative from the start of the last attempt, as in curl; negative values are written as
    // zero.
    Time time_namelookup;
    Time time_connect;
    Time time_appconnect;
    Time time_pretransfer;
    Time time_starttransfer;
    Time time_redirect;
    Time time_total;
    Time time_queue;  ///< Time spent waiting for limits.

    std::string file;  ///< File of the body (`-o`).
    /// The body (`--body`): written as `response_body`, or as `response_body_b64` if it is not
    /// valid UTF-8. Neither key is written if not set.
    std::optional<std::string> response_body;
};

/// Returns the value of `state`.
[[nodiscard]] std::string_view to_string(Record::State state) noexcept;

/// Returns `2026-11-21T05:31:00.123Z`. The text is valid until the next call in the same thread,
/// because the part up to the second is cached: it is the same for many records.
[[nodiscard]] std::string_view time_stamp(std::chrono::system_clock::time_point when);

/// Appends \a record to \a out as one line of NDJSON with its newline: all keys, always in the same
/// order. The result is always valid UTF-8, and valid JSON if `id` and `extra` are.
void append_json(const Record& record, std::string& out);

}  // namespace runnel
