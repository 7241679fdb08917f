#pragma once

#include "mock/routes.hpp"

namespace runnel::mock {

/// The routes of `runnel mock --demo`: one for each kind of answer and fault.
[[nodiscard]] Routes demo_routes();

}  // namespace runnel::mock
