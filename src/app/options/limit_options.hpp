#pragma once

#include "app/cli/option_set.hpp"
#include "base/deadline.hpp"
#include "pipeline/admission_limits.hpp"

namespace runnel {

/// Maximum number of requests that `-j auto` starts at a time, to all origins together.
inline constexpr std::size_t kMaxAutoJobs = 500;

/// Adds the options that limit requests in number and rate to \a set, which fills \a limits and
/// \a hedge in while it parses; they hold the command's defaults. All must live until then.
void describe_admission_limits(OptionSet& set, AdmissionLimits& limits, Duration& hedge);

}  // namespace runnel
