#pragma once

#include "app/console/log.hpp"
#include "app/fetch/fetch_options.hpp"
#include "base/deadline.hpp"

namespace runnel {

/// Runs `fetch` and returns the exit status. \a started: when the process started.
[[nodiscard]] int run_fetch(const FetchOptions& options, Log& log, TimePoint started);

}  // namespace runnel
