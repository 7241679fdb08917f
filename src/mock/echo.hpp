#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "mock/routes.hpp"

struct MHD_Connection;

namespace runnel::mock {

/// The request that came on \a connection as a JSON object: method, path, query (null if there is
/// none), headers (names as they were sent, equal ones joined by ", "), body (body_b64 when it
/// is no UTF-8) and body_size. \a body is the front of the body, whose size is \a body_size.
[[nodiscard]] std::string echo_of(MHD_Connection* connection, const Request& request,
                                  std::string_view body, std::size_t body_size);

}  // namespace runnel::mock
