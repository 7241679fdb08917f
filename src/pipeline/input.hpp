#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "http/request.hpp"

namespace runnel {

/// One thing asked for: the line as it was read, where, and the request it means or why it means
/// none. Every input ends in exactly one record.
class Input {
public:
    Input(std::string line, std::string file, std::optional<std::uint64_t> number,
          Result<http::Request> meaning)
        : text(std::move(line)),
          file_in(std::move(file)),
          line_number(number),
          request(std::move(meaning)) {}

    std::string text;
    std::string file_in;                       ///< Empty: a command-line argument.
    std::optional<std::uint64_t> line_number;  ///< From 1; none for an argument.
    Result<http::Request> request;
};

/// The part of a line that counts: without a byte order mark at the start of the file, the CR of a
/// CRLF, and the white space around it. Empty for blank lines and `#` comments, which are no input.
[[nodiscard]] std::string_view significant(std::string_view line, bool first_of_file);

/// The request that a line means. \a policy must outlive it.
[[nodiscard]] Result<http::Request> parse_request(std::string_view line,
                                                  const http::Policy& policy);

}  // namespace runnel
