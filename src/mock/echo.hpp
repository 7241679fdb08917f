#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mock/routes.hpp"

struct MHD_Connection;

namespace runnel::mock {

/// Formats the request on \a connection as a JSON object: method, path, query (null if there is
/// none), headers (names as sent, values of equal names joined by ", "), body (or body_b64 if it is
/// not UTF-8) and body_size. \a body may be truncated; \a body_size is the size of the whole body.
[[nodiscard]] std::string echo_of(MHD_Connection* connection, const Request& request,
                                  std::string_view body, std::size_t body_size);

}  // namespace runnel::mock
