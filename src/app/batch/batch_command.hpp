#pragma once

#include "app/batch/batch_options.hpp"
#include "app/console/log.hpp"
#include "base/deadline.hpp"

namespace runnel {

/// Runs `batch` and returns the exit status. \a started: when the process started.
[[nodiscard]] int run_batch(const BatchOptions& options, Log& log, TimePoint started);

}  // namespace runnel
