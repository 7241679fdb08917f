#pragma once

#include <string>

#include "http/client.hpp"

namespace runnel::http {

/// Reads the body of \a response to its end and discards it. Fails if the body is incomplete.
[[nodiscard]] Task<Result<void>> read_to_end(Response& response);

/// Returns the whole body of \a response. Its size is limited by Policy::max_body only.
[[nodiscard]] Task<Result<std::string>> read_whole(Response& response);

}  // namespace runnel::http
