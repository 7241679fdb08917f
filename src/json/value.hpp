#pragma once

#include <optional>
#include <string_view>

#include "json/structural_index.hpp"

namespace runnel {

/// Whether \a text is one JSON value with nothing but white space around it. Strict: RFC 8259 in
/// UTF-8, without a byte order mark, nested 1024 deep at most. Numbers may be of any length.
[[nodiscard]] bool is_valid_json(std::string_view text);

/// Why it is not; nothing when it is.
[[nodiscard]] std::optional<JsonProblem> find_json_problem(std::string_view text);

}  // namespace runnel
