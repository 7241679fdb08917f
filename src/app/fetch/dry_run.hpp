#pragma once

#include <string>

#include "app/console/exit_status.hpp"
#include "app/fetch/failure_log.hpp"
#include "app/fetch/fetch_options.hpp"
#include "app/fetch/input_reader.hpp"
#include "app/run/shutdown.hpp"
#include "io/output.hpp"

namespace runnel {

/// `fetch --dry-run`: the request of each input, in order, as a line of JSON that asks for it
/// again; secrets are hidden (see RequestMaker). An input that means no request is told as always,
/// and has no line. Ends early for the same reasons as Fetch, and as it does.
class DryRun {
public:
    /// All arguments must outlive this. \a started: when the process did, for the deadline.
    DryRun(Loop& loop, const FetchOptions& options, const RequestMaker& maker, InputReader& inputs,
           Output& output, Log& log, TimePoint started);

    /// Until every input was read and stdout has taken what was printed.
    Task<ExitStatus> run();

private:
    Task<void> print_requests();
    void print(Input& input);
    Task<void> end();

    Loop& loop_;
    const FetchOptions& options_;
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
