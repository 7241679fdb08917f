#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runnel::mock {

// Request targets: a path and query, as in the first line of a request. Two spellings mean the same
// if they differ only in the order of the query's parameters or in the case of `%c3`.

/// A target without scheme and host: a proxy gets `http://host/path` (RFC 9112, section 3.2.2).
struct OriginForm {
    std::string target;  ///< `/path?query`
    std::string host;    ///< With its port; empty if the target had none.
};
[[nodiscard]] OriginForm origin_form(std::string_view target);

/// Returns the spelling that all equivalent ones share: sorted parameters, `%C3`.
[[nodiscard]] std::string canonical(std::string_view target);

/// Returns other spellings of \a target for a pattern to match: with `%C3`, with `%c3`, and, of at
/// most five parameters, in every order. Empty if there is only one.
[[nodiscard]] std::vector<std::string> other_spellings(std::string_view target);

}  // namespace runnel::mock
