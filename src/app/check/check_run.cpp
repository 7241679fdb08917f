#include "app/check/check_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "app/check/check_exit_status.hpp"
#include "app/run/exec_command.hpp"
#include "async/context.hpp"
#include "service/check_summary.hpp"

namespace runnel {

namespace {

/// After a signal stdout may take what was printed so long.
constexpr Duration kLastPrint = std::chrono::seconds(1);
/// After the deadline: files are written then, too.
constexpr Duration kLastWords = std::chrono::seconds(3);
constexpr Duration kDefaultDeadline = std::chrono::seconds(10);

/// Who asks once need not be told by one target's Retry-After to wait with another one.
http::RetryRules pauses_under(const http::RetryRules& rules) {
    http::RetryRules pauses = rules;
    if (rules.retries == 0) {
        pauses.after_max = Duration(1);
    }
    return pauses;
}

/// When the run has to be over; a limit of zero is none.
Deadline deadline_of(const CheckOptions& options, TimePoint started) {
    const Duration own = options.wait ? Duration::zero() : kDefaultDeadline;
    const Deadline run = Deadline::after(started, options.deadline.value_or(own));
    const Deadline wait = Deadline::after(started, options.wait.value_or(Duration::zero()));
    return Deadline::earlier(run, wait);
}

}  // namespace

CheckRun::CheckRun(RunContext& context, CheckSetup& setup, Log& log)
    : setup_(setup),
      options_(setup.options),
      output_(context.output),
      log_(log),
      rules_(setup.options.flaps.value_or(FlapRules())),
      pauses_(pauses_under(setup.options.retry)),
      deadline_(deadline_of(setup.options, context.started)),
      shutdown_(
          context.loop, context.output, log, deadline_.later_by(kLastWords),
          setup.options.grace.value_or(kLastPrint),
          setup.options.grace ? "the check may go on for its grace" : "the check is called off"),
      admission_(context.network, Admission::Limits(context.jobs), pauses_, context.loop),
      client_(admission_),
      checker_(client_, setup.options.retry, setup.options.invert, context.loop),
      checks_(setup.targets, checker_, context.loop, *this) {}

Task<ExitStatus> CheckRun::run() {
    shutdown_.before_exit([this] { end_as_told(); });
    Task<void> course = check_and_report();
    co_await shutdown_.oversee(std::move(course), options_.grace.has_value());
    co_return more_severe(status_, shutdown_.status());
}

Task<void> CheckRun::check_and_report() {
    try {
        co_await check();
    } catch (const Cancelled&) {
        report_what_is_known();
        throw;
    }
    Result<void> kept;
    if (setup_.state.wanted()) {
        kept = co_await setup_.state.settle(checks_.results(), rules_);
    }
    status_ = status_of_results();
    if (!kept) {
        tell_failure(kept.error());
    }
    report();
    if (status_ == ExitStatus::Success && !options_.cmd.empty()) {
        look_for_command();
    }
}

Task<void> CheckRun::check() {
    if (options_.wait) {
        co_await checks_.run_until_up(deadline_, options_.interval);
    } else {
        co_await checks_.run(deadline_);
    }
    if (checks_.deadline_passed()) {
        const std::vector<CheckResult>& results = checks_.results();
        log_.error(fmt::format("the deadline passed: {} of {} targets are up", count_up(results),
                               results.size()));
    }
}

void CheckRun::tell_failure(const Error& error) {
    log_.error(error.message());
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

/// What a command is started for comes to its stdout, and nothing else.
void CheckRun::report() {
    std::string text = runnel::report(options_.format, checks_.results());
    plugin_status_ = nagios_status(checks_.results());
    if (setup_.output.wanted()) {
        const Result<void> written = setup_.output.write(text);
        if (!written) {
            tell_failure(written.error());
        }
    } else if (options_.cmd.empty() || status_ != ExitStatus::Success) {
        output_.append_from(text);
    }
}

/// Now, so that the ping tells of it when it is not there.
void CheckRun::look_for_command() {
    const Result<void> found = find_command(options_.cmd);
    if (!found) {
        log_.error(found.error().message());
        status_ = status_of_command(found.error());
    }
}

/// A file stays as it was: that somebody has lost patience says nothing about the targets.
void CheckRun::report_what_is_known() {
    if (!setup_.output.wanted() && !output_.error()) {
        std::string text = runnel::report(options_.format, checks_.results());
        output_.append_from(text);
    }
}

/// A second signal. Where it may not show in the exit status, it is not the signal's.
void CheckRun::end_as_told() const {
    constexpr ExitStatus kSignal = ExitStatus::Terminated;
    const ExitStatus told = status_for(options_.format, kSignal, std::nullopt);
    if (told != kSignal) {
        _exit(static_cast<int>(told));
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
