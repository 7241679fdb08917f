#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "app/batch/batch_options.hpp"
#include "app/console/progress_mode.hpp"
#include "app/options/failure_limit.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "io/line_cutter.hpp"
#include "pipeline/batcher.hpp"

namespace runnel {

/// The plan for lines that are delivered in batches: the options of `batch`, or those of `fetch`
/// with a command, resolved.
struct BatchPlan {
    std::vector<std::string> cmd;  ///< Batches are printed as JSON arrays if empty.
    bool coprocess = false;
    bool lines_are_arguments = false;  ///< `{}` in the command; else it reads lines from stdin.
    char separator = '\n';             ///< Ends a line of the input.
    char delimiter = '\n';             ///< Ends a line for the command.
    BatchLimits limits;
    std::uint64_t max_line = 0;      ///< Bytes; 0 means no limit.
    std::uint64_t max_argument = 0;  ///< Bytes of a line that is an argument.
    std::size_t jobs = 1;            ///< Batches at a time.
    unsigned retries = 0;
    Duration max_time = Duration::zero();  ///< Limit of an attempt; 0 means no limit.
    Duration deadline = Duration::zero();  ///< Limit of the run; 0 means no limit.
    Duration grace = Duration::zero();     ///< Limit after the first signal; 0 means no limit.
    bool keep_order = false;
    bool journaled = false;
    FailureLimit max_fail;  ///< Limit of failed lines.
    ProgressMode progress = ProgressMode::Off;
};

/// Resolves \a options. Fails with ErrorClass::BadInput if they contradict each other.
[[nodiscard]] Result<BatchPlan> resolve_batch(const BatchOptions& options);

/// Returns why \a line cannot be delivered; empty if it can.
[[nodiscard]] std::string objection_to(const Line& line, const BatchPlan& plan);

}  // namespace runnel
