#pragma once

#include "app/check/check_options.hpp"
#include "app/console/log.hpp"

namespace runnel {

/// The command: makes what the checks need, runs them, gives the exit status that the format wants.
/// Becomes CMD when all are up.
[[nodiscard]] int run_check(const CheckOptions& given, Log& log, TimePoint started);

}  // namespace runnel
