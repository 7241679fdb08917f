#pragma once

#include "app/check/check_plan.hpp"
#include "app/check/plugin_line.hpp"
#include "app/run/run_context.hpp"
#include "app/run/shutdown.hpp"
#include "http/redirect.hpp"
#include "pipeline/admission.hpp"
#include "service/checks.hpp"

namespace runnel {

/// One run of `runnel check`: the checks, what can end them early, and the report. A signal ends it
/// at once, unless there is a grace.
class CheckRun final : CheckObserver {
public:
    /// All must outlive this.
    CheckRun(RunContext& context, const CheckPlan& plan, CheckFiles& files, PluginLine& first_line,
             Log& log);

    /// Runs until the checks are done, files are written and stdout is flushed.
    [[nodiscard]] Task<ExitStatus> run();

    /// Returns the report as the exit status of a monitoring plugin; not set if nothing was
    /// reported or something else decides it.
    [[nodiscard]] std::optional<int> plugin_status() const noexcept { return plugin_status_; }

private:
    void round_ended(const std::vector<CheckResult>& results) override;
    Task<void> check_and_report();
    Task<void> check();
    void report();
    [[nodiscard]] std::string text_of_results() const;
    void print(std::string text);
    void print_unfinished();
    void find_cmd();
    void exit_for_format() const;
    void log_failure(const Error& error);
    [[nodiscard]] ExitStatus status_of_results() const;

    const CheckPlan& plan_;
    CheckFiles& files_;
    PluginLine& first_line_;
    Output& output_;
    Log& log_;
    http::RetryRules pauses_;
    Deadline deadline_;
    Shutdown shutdown_;
    Admission admission_;
    http::RedirectClient client_;
    Checker checker_;
    Checks checks_;
    unsigned rounds_ = 0;
    ExitStatus status_ = ExitStatus::Success;
    std::string trouble_;  ///< Why the results do not decide the exit status; empty if they do.
    std::optional<int> plugin_status_;
};

}  // namespace runnel
