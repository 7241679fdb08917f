#pragma once

#include <string>

#include "app/console/exit_status.hpp"
#include "app/fetch/failure_log.hpp"
#include "app/fetch/fetch_plan.hpp"
#include "app/fetch/input_reader.hpp"
#include "app/run/shutdown.hpp"
#include "io/output.hpp"

namespace runnel {

/// `fetch --dry-run`: prints the request of each input as a line of JSON, in order, with secrets
/// hidden (see RequestMaker). The line is an input for the same request. An input that is not a
/// request is logged as in FetchRun and has no line. Ends early for the same reasons as FetchRun.
class DryRun {
public:
    /// All arguments must outlive this. \a started: when the process started, for the deadline.
    DryRun(Loop& loop, const FetchPlan& plan, const RequestMaker& maker, InputReader& inputs,
           Output& output, Log& log, TimePoint started);

    /// Runs until every input was read and stdout has written all output.
    Task<ExitStatus> run();

private:
    Task<void> print_requests();
    void print(Input& input);
    Task<void> end();

    Loop& loop_;
    const FetchPlan& plan_;
    const RequestMaker& maker_;
    InputReader& inputs_;
    Output& output_;
    Log& log_;
    Shutdown shutdown_;
    FailureLog failures_;
    ExitStatus status_ = ExitStatus::Success;
    std::string line_;  // reused
};

}  // namespace runnel
