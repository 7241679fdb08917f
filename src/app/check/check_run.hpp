#pragma once

#include "app/check/check_setup.hpp"
#include "app/run/run_context.hpp"
#include "app/run/shutdown.hpp"
#include "http/redirect.hpp"
#include "pipeline/admission.hpp"
#include "service/checks.hpp"

namespace runnel {

/// One run of `runnel check`: the checks, with what can end them early around them, and what is
/// said about them. A signal ends it at once, unless there is a grace.
class CheckRun final : CheckObserver {
public:
    /// All must outlive this. \a setup is prepared.
    CheckRun(RunContext& context, CheckSetup& setup, Log& log);

    /// Until all is over and stdout has taken what was printed.
    [[nodiscard]] Task<ExitStatus> run();

    /// What was reported, as the exit status of a monitoring plugin; nothing: nothing was.
    [[nodiscard]] std::optional<int> plugin_status() const noexcept { return plugin_status_; }

private:
    void round_ended(const std::vector<CheckResult>& results) override;
    Task<void> check_and_report();
    Task<void> check();
    void report();
    void report_what_is_known();
    void look_for_command();
    void end_as_told() const;
    void tell_failure(const Error& error);
    [[nodiscard]] ExitStatus status_of_results() const;

    CheckSetup& setup_;
    const CheckOptions& options_;
    Output& output_;
    Log& log_;
    FlapRules rules_;
    http::RetryRules pauses_;
    Deadline deadline_;
    Shutdown shutdown_;
    Admission admission_;
    http::RedirectClient client_;
    Checker checker_;
    Checks checks_;
    unsigned rounds_ = 0;
    ExitStatus status_ = ExitStatus::Success;
    std::optional<int> plugin_status_;
};

}  // namespace runnel
