#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/request.hpp"
#include "mock/server.hpp"

namespace runnel {

/// Starts the server of `--mock` with the routes of the file \a routes (`-` means stdin), and makes
/// \a policy send all requests to it. Returns null if \a routes is empty. Fails with
/// ErrorClass::BadInput.
[[nodiscard]] Result<std::unique_ptr<mock::MockServer>> carry_to_mock(const std::string& routes,
                                                                      http::Policy& policy);

}  // namespace runnel
