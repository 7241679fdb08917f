#pragma once

#include <cstddef>

#include "base/result.hpp"
#include "http/header.hpp"

namespace runnel::http {

/// Checks that \a headers leave it to libcurl where a request with a body of \a body_size bytes
/// ends and what becomes of its connection. Otherwise the server could take part of the request for
/// the next one, whose response would then be printed for another one.
///
/// Valid are `Connection: close` or `keep-alive`, `TE: trailers`, one Content-Length that is
/// \a body_size, and one Host. Fails with ErrorClass::BadInput for other values of these, for
/// Transfer-Encoding and Upgrade, and for names that are not tokens. A header that is left out
/// (`Name:`) is valid, except Content-Length of a request with a body.
[[nodiscard]] Result<void> check_framing(const Headers& headers, std::size_t body_size);

}  // namespace runnel::http
