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

/// One input: the line as read, its place, and the request it stands for or the reason it is
/// invalid. Every input ends in exactly one record.
class Input {
public:
    Input(std::string line, std::string file, std::optional<std::uint64_t> number,
          Result<http::Request> meaning)
        : text(std::move(line)),
          file_in(std::move(file)),
          line_number(number),
          request(std::move(meaning)) {}

    std::string text;
    bool cut = false;                          ///< The line is too long, and text is its beginning.
    std::string file_in;                       ///< Empty for a command-line argument.
    std::optional<std::uint64_t> line_number;  ///< From 1; not set for an argument.
    std::string id;                            ///< Raw JSON; empty if not given.
    std::string extra;                         ///< Raw JSON; empty if not given.
    http::Headers headers;                     ///< Headers of the line, without those of the run.
    Result<http::Request> request;
    std::optional<http::StatusSet> expect;  ///< Overrides the expected statuses of the run.
};

/// Separates the inputs of a file.
enum class Separator : char { Newline = '\n', Nul = '\0' };

/// Returns the relevant part of an item, or an empty text if it is not an input. Newline-separated
/// items lose a byte order mark, the CR of a CRLF, and surrounding white space, wherever they are
/// in the file: joined files have byte order marks in the middle. Blank lines and `#` comments are
/// not inputs. NUL-separated items are kept as they are, unless they are blank.
[[nodiscard]] std::string_view significant(std::string_view item, Separator separator);

}  // namespace runnel
