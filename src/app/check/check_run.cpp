#include "app/check/check_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "app/check/check_exit_status.hpp"
#include "app/run/exec_command.hpp"
#include "async/context.hpp"
#include "service/check_summary.hpp"

namespace runnel {

namespace {

/// Maximum wait for stdout after a signal.
constexpr Duration kPrintLimit = std::chrono::seconds(1);
/// Maximum time after the deadline to write the state file, the report and stdout.
constexpr Duration kReportLimit = std::chrono::seconds(3);

/// Returns rules under which, without retries, no Retry-After pauses an origin, because a pause
/// must not delay another target.
http::RetryRules pauses_under(const http::RetryRules& rules) {
    http::RetryRules pauses = rules;
    if (rules.retries == 0) {
        pauses.after_max = Duration(1);
    }
    return pauses;
}

}  // namespace

CheckRun::CheckRun(RunContext& context, const CheckPlan& plan, CheckFiles& files,
                   PluginLine& first_line, Log& log)
    : plan_(plan),
      files_(files),
      first_line_(first_line),
      output_(context.output),
      log_(log),
      pauses_(pauses_under(plan.retry)),
      deadline_(Deadline::after(context.started, plan.deadline)),
      shutdown_(context.loop, context.output, log, deadline_.later_by(kReportLimit),
                plan.grace.value_or(kPrintLimit),
                plan.grace ? "stopping the check when the grace ends" : "stopping the check"),
      admission_(context.network, Admission::Limits(context.jobs), pauses_, context.loop),
      client_(admission_),
      checker_(client_, plan.retry, plan.invert, context.loop),
      checks_(plan.targets, checker_, context.loop, *this) {
    if (plan.format == CheckFormat::Json) {
        output_.set_content(Output::Content::Json);
    }
}

Task<ExitStatus> CheckRun::run() {
    shutdown_.before_exit([this] { exit_for_format(); });
    Task<void> course = check_and_report();
    co_await shutdown_.oversee(std::move(course), plan_.grace.has_value());
    co_return more_severe(status_, shutdown_.status());
}

Task<void> CheckRun::check_and_report() {
    try {
        co_await check();
    } catch (const Cancelled&) {
        print_unfinished();
        throw;
    }
    Result<void> saved;
    if (files_.state.wanted()) {
        saved = co_await files_.state.update(checks_.results(), plan_.flaps);
    }
    status_ = status_of_results();
    if (!saved) {
        log_failure(saved.error());
    }
    if (status_ == ExitStatus::Success && !plan_.cmd.empty()) {
        find_cmd();
    }
    report();
}

Task<void> CheckRun::check() {
    if (plan_.wait) {
        co_await checks_.run_until_up(deadline_, plan_.interval);
    } else {
        co_await checks_.run(deadline_);
    }
    if (checks_.deadline_passed()) {
        const std::vector<CheckResult>& results = checks_.results();
        log_.error(fmt::format("the deadline passed: {} of {} targets are up", count_up(results),
                               results.size()));
    }
}

void CheckRun::log_failure(const Error& error) {
    log_.error(error.message());
    trouble_ = error.message();
    switch (error.error_class()) {
        case ErrorClass::Sink: status_ = more_severe(status_, ExitStatus::OutputFailed); break;
        case ErrorClass::HostDown: status_ = more_severe(status_, ExitStatus::LockHeld); break;
        default: status_ = more_severe(status_, ExitStatus::Usage);
    }
}

ExitStatus CheckRun::status_of_results() const {
    if (checks_.deadline_passed()) {
        return ExitStatus::Deadline;
    }
    return checks_.all_up() ? ExitStatus::Success : ExitStatus::Failed;
}

/// Prints the report. If CMD will run, prints nothing on stdout, which belongs to CMD.
void CheckRun::report() {
    std::string text = text_of_results();
    const bool unchanged = plan_.only_changed && text.empty() && trouble_.empty();
    if (files_.output.wanted() && unchanged) {
        first_line_.set_printed();  // the file keeps the last report
    } else if (files_.output.wanted()) {
        const Result<void> written = files_.output.write(text);
        if (written) {
            first_line_.set_printed();
        } else {
            log_failure(written.error());
        }
    } else if (plan_.cmd.empty() || status_ != ExitStatus::Success) {
        print(std::move(text));
    }
    if (trouble_.empty()) {
        plugin_status_ = nagios_status(checks_.results());
    }
}

/// Returns an empty text if nothing is to be reported: no target has changed, or all are up and the
/// log is quiet.
std::string CheckRun::text_of_results() const {
    const std::vector<CheckResult>& results = checks_.results();
    if (plan_.format == CheckFormat::Text && log_.quiet() && checks_.all_up()) {
        return "";
    }
    if (!plan_.only_changed) {
        return runnel::report(plan_.format, results, trouble_);
    }
    // If the state file could not be read, `changed` is not set: report every target.
    std::vector<CheckResult> changed;
    std::ranges::copy_if(results, std::back_inserter(changed),
                         [](const CheckResult& result) { return result.changed.value_or(true); });
    return changed.empty() ? "" : runnel::report(plan_.format, changed, trouble_);
}

void CheckRun::print(std::string text) {
    if (!output_.error()) {
        output_.append_from(text);
        first_line_.set_printed();
    }
}

/// Searches for CMD before it is run, so that the ping that ends the run can report 126 or 127.
void CheckRun::find_cmd() {
    const Result<void> found = find_command(plan_.cmd);
    if (!found) {
        log_.error(found.error().message());
        trouble_ = found.error().message();
        status_ = status_of_command(found.error());
    }
}

/// Prints the results so far after a signal. A file of `--output` keeps its content, because the
/// results are incomplete.
void CheckRun::print_unfinished() {
    if (!files_.output.wanted()) {
        print(runnel::report(plan_.format, checks_.results(), shutdown_.reason().message()));
    }
}

/// Called at a second signal. Exits the process if the format has an exit status of its own;
/// otherwise Shutdown does.
void CheckRun::exit_for_format() const {
    constexpr ExitStatus kSignal = ExitStatus::Terminated;
    const ExitStatus status = status_for(plan_.format, kSignal, std::nullopt);
    if (status != kSignal) {
        first_line_.print_now("a second signal ended the check");
        _exit(static_cast<int>(status));
    }
}

void CheckRun::round_ended(const std::vector<CheckResult>& results) {
    ++rounds_;
    log_.info(fmt::format("check {}: {} of {} targets are up", rounds_, count_up(results),
                          results.size()));
    for (const CheckResult& result : results) {
        if (!result.is_up()) {
            log_.info(fmt::format("{}: {}", result.target->name, summary_of(result)));
        }
    }
}

}  // namespace runnel
