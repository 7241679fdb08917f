#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runnel {

/// A line that was not accepted. In the file it is an object on a line of its own, with the keys
/// `line` (`line_b64`, in Base64, if it is not UTF-8), `reason`, `attempts` and, if cut, `cut`.
struct DeadLetter {
    std::string_view line;  ///< Without its line end.
    std::string_view reason;
    std::size_t attempts = 0;
    bool cut = false;  ///< The line was too long, and \a line is its beginning.
};

/// Appends the object and a newline to \a out.
void append_json(const DeadLetter& letter, std::string& out);

/// Returns the line of the dead letter \a object, which is a line of the file. Fails with
/// ErrorClass::BadInput if it is not a dead letter, or a cut one.
[[nodiscard]] Result<std::string> line_of_dead_letter(std::string_view object);

}  // namespace runnel
