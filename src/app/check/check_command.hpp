#pragma once

#include "app/check/check_options.hpp"

namespace runnel {

class Log;

/// Runs `runnel check` and returns the exit status that the format defines. Replaces the process by
/// CMD if all targets are up.
[[nodiscard]] int run_check(const CheckOptions& options, Log& log, TimePoint started);

}  // namespace runnel
