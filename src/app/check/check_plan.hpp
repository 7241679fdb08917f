#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "app/check/check_options.hpp"
#include "app/check/check_state_file.hpp"
#include "app/run/output_file.hpp"
#include "app/run/request_setup.hpp"
#include "service/check.hpp"

namespace runnel {

/// The plan of `check`: its options resolved and its targets checked.
struct CheckPlan {
    RequestSetup requests;
    std::deque<http::Policy> policies;  ///< The requests of the targets refer to these.
    std::vector<CheckTarget> targets;
    bool invert = false;
    http::RetryRules retry;
    FlapRules flaps;

    Duration deadline = Duration::zero();  ///< See deadline_of().
    bool wait = false;                     ///< Repeat the check until all are up.
    Duration interval = Duration::zero();  ///< Between two checks; above zero with `wait`.
    std::optional<Duration> grace;         ///< If not set, a signal ends the run at once.

    CheckFormat format = CheckFormat::Text;
    bool only_changed = false;     ///< Report only targets whose state has changed.
    std::vector<std::string> cmd;  ///< Empty if not set.
};

/// Makes the plan; reads the files of targets and starts the server of `--mock`. Fails with
/// ErrorClass::BadInput.
[[nodiscard]] Result<CheckPlan> plan_check(const CheckOptions& options);

/// Returns the deadline of a run from its start, by `--deadline` and `--wait`; zero means no limit.
[[nodiscard]] Duration deadline_of(const CheckOptions& options);

/// The files that `check` writes.
struct CheckFiles {
    CheckStateFile state;
    OutputFile output{"--output", OutputFile::Mode::Swap};

    /// Opens the files that \a options name. Fails with ErrorClass::Sink for a file that cannot be
    /// written, with ErrorClass::BadInput for a state file that cannot be read.
    [[nodiscard]] Result<void> open(const CheckOptions& options);
};

}  // namespace runnel
