#pragma once

#include "base/deadline.hpp"
#include "pipeline/admission_limits.hpp"

namespace CLI {
class App;
}

namespace runnel {

/// The most that `-j auto` lets out at once, to all origins together.
inline constexpr std::size_t kMostJobsFound = 500;

/// Describes how many requests may be out, how often and beside each other, to \a command, which
/// fills in \a limits and \a hedge while it parses; they hold the command's defaults. All must live
/// until then.
void describe_admission_limits(CLI::App& command, AdmissionLimits& limits, Duration& hedge);

}  // namespace runnel
