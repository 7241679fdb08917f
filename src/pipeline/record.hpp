#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace runnel {

/// What became of one input, as `--json` and the journal tell it. Members are named and ordered as
/// the keys; an empty string, optional or port is written as null. docs/record.schema.json is the
/// exact shape.
class Record {
public:
    using Time = std::optional<std::chrono::microseconds>;
    enum class State { Delivered, Failed, Cancelled };

    /// Declared so that this is no aggregate (see Error).
    Record() = default;

    /// `state`; `ok` is State::Delivered. Follows from the failure alone, so that they cannot
    /// contradict each other: no failure is delivered, ErrorClass::Deadline, Interrupted and
    /// Cancelled are cancelled, all others failed.
    [[nodiscard]] State state() const noexcept;

    std::string input;    ///< The line as read.
    std::string file_in;  ///< Where it was read; empty: an argument.
    std::optional<std::uint64_t> line;
    std::string id;     ///< Raw JSON text, passed through (line ends between its tokens as spaces).
    std::string extra;  ///< As id.
    std::chrono::system_clock::time_point finished;  ///< `ts`.
    std::optional<Error> failure;                    ///< `error` and `errormsg`.
    std::optional<int> exitcode;                     ///< CURLcode; none when nothing was attempted.

    std::string method;
    std::string url;
    std::string url_effective;
    std::optional<int> response_code;  ///< None when there was no response.
    std::string http_version;          ///< As curl prints it: `1`, `1.1`, `2`.
    std::string content_type;
    std::uint64_t size_download = 0;  ///< Bytes of body on the wire.
    std::uint64_t size_header = 0;    ///< Bytes of response headers.
    unsigned num_redirects = 0;
    unsigned attempts = 0;
    bool hedged = false;
    bool not_modified = false;
    std::string remote_ip;
    std::uint16_t remote_port = 0;

    // Cumulative from the start of the last attempt, as in curl; negative ones count as zero.
    Time time_namelookup;
    Time time_connect;
    Time time_appconnect;
    Time time_pretransfer;
    Time time_starttransfer;
    Time time_redirect;
    Time time_total;
    Time time_queue;  ///< Waited for a permit.

    std::string file;  ///< Where the body was written (`-o`).
    /// The body (`--body`): written as `response_body`, or `response_body_b64` when it is not
    /// UTF-8; without a value neither key is.
    std::optional<std::string> response_body;
};

/// The value of `state`.
[[nodiscard]] std::string_view to_string(Record::State state) noexcept;

/// Appends \a record to \a out as one line of NDJSON with its newline: all keys, always in the same
/// order. Always valid UTF-8, and valid JSON as long as `id` and `extra` are.
void append_json(const Record& record, std::string& out);

}  // namespace runnel
