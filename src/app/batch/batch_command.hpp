#pragma once

#include "app/batch/batch_options.hpp"
#include "app/console/log.hpp"
#include "base/deadline.hpp"

namespace runnel {

/// The command: makes what a run needs, runs it, gives its exit status.
[[nodiscard]] int run_batch(const BatchOptions& options, Log& log, TimePoint started);

}  // namespace runnel
