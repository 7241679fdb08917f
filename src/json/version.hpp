#pragma once

#include <string>

namespace runnel {

/// The version of simdjson that this was built with.
[[nodiscard]] std::string simdjson_version();

}  // namespace runnel
