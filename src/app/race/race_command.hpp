#pragma once

#include "app/race/race_options.hpp"

namespace runnel {

class Log;

/// Runs `runnel race` and returns its exit status.
[[nodiscard]] int run_race(const RaceOptions& options, Log& log, TimePoint started);

}  // namespace runnel
