#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "http/request.hpp"
#include "mock/server.hpp"

namespace runnel {

/// `--mock`: starts a server with the routes of the file \a routes (`-`: stdin), and has \a policy
/// carry everything to it. Null when \a routes is empty: there is none. Fails with
/// ErrorClass::BadInput.
[[nodiscard]] Result<std::unique_ptr<mock::MockServer>> carry_to_mock(const std::string& routes,
                                                                      http::Policy& policy);

}  // namespace runnel
