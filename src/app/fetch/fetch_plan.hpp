#pragma once

#include <optional>
#include <string>

#include "app/batch/batch_plan.hpp"
#include "app/console/progress_mode.hpp"
#include "app/fetch/fetch_options.hpp"
#include "app/fetch/output_plan.hpp"
#include "app/options/failure_limit.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "http/expect.hpp"
#include "http/retry.hpp"
#include "pipeline/admission_limits.hpp"

namespace runnel {

/// The plan of a run of `fetch`: its options, resolved. RequestSetup determines how requests are
/// made. A duration of 0 means no limit.
struct FetchPlan {
    OutputPlan output;
    std::optional<BatchPlan> batches;  ///< Null if the output goes to stdout.
    AdmissionLimits limits;            ///< The number of jobs may have to be lowered to fit.
    http::RetryRules retry;
    Duration hedge;  ///< Delay of the second attempt; 0 means none.
    http::StatusSet expect;
    FailureLimit max_fail;
    Duration deadline;  ///< Limit of the run.
    Duration grace;     ///< Limit after the first signal.
    ProgressMode progress;
    std::optional<std::string> user_agent;  ///< Shown by `--dry-run`; null if not set.
};

/// Resolves \a given. Fails with ErrorClass::BadInput if they contradict each other, naming them.
[[nodiscard]] Result<FetchPlan> resolve_fetch(const FetchOptions& given);

}  // namespace runnel
