#pragma once

#include "app/console/log.hpp"
#include "app/race/race_options.hpp"

namespace runnel {

class RaceSetup;

/// The command: makes what a race needs, runs it, gives its exit status.
[[nodiscard]] int run_race(const RaceOptions& given, Log& log, TimePoint started);

}  // namespace runnel
