#pragma once

#include "mock/routes.hpp"

namespace runnel::mock {

/// The routes of `runnel mock --demo`: one of each thing that a server may do, good and bad.
[[nodiscard]] Routes demo_routes();

}  // namespace runnel::mock
