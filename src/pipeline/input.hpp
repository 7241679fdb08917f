#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "http/expect.hpp"
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
    std::string id;                            ///< Raw JSON; empty: none was given.
    std::string extra;                         ///< As id.
    Result<http::Request> request;
    std::optional<http::StatusSet> expect;  ///< Instead of the run's.
};

/// What stands between two inputs of a file.
enum class Separator : char { Newline = '\n', Nul = '\0' };

/// The part of an item that counts; empty for one that is no input. Between newlines: without a
/// byte order mark at the start of the file, the CR of a CRLF, and the white space around it; blank
/// lines and `#` comments are no input. Between NULs: all of it, unless it is blank.
[[nodiscard]] std::string_view significant(std::string_view item, bool first_of_file,
                                           Separator separator);

}  // namespace runnel
