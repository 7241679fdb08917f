#pragma once

#include <string>

#include "http/client.hpp"

namespace runnel::http {

/// Reads the body of \a response to its end and drops it. Fails when not all of it came.
[[nodiscard]] Task<Result<void>> read_to_end(Response& response);

/// Reads the body of \a response to its end and keeps it, in as much memory as it needs: what
/// bounds it is Policy::max_body.
[[nodiscard]] Task<Result<std::string>> read_whole(Response& response);

}  // namespace runnel::http
