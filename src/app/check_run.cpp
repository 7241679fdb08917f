#include "app/check_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "service/check_words.hpp"

namespace runnel {

namespace {

/// After a signal stdout may take what was printed so long.
constexpr Duration kGrace = std::chrono::seconds(1);
/// After the deadline: files are written then, too.
constexpr Duration kLastWords = std::chrono::seconds(3);
constexpr Duration kDeadline = std::chrono::seconds(10);

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
    const Duration own = options.wait ? Duration::zero() : kDeadline;
    const Deadline run = Deadline::after(started, options.deadline.value_or(own));
    const Deadline wait = Deadline::after(started, options.wait.value_or(Duration::zero()));
    return Deadline::earlier(run, wait);
}

/// Everything was told when the checks were over.
Task<void> no_last_act() { co_return; }

}  // namespace

CheckRun::CheckRun(ClientRun& at_hand, CheckSetup& setup, Log& log)
    : setup_(setup),
      options_(setup.options),
      output_(at_hand.output),
      log_(log),
      pauses_(pauses_under(setup.options.retry)),
      deadline_(deadline_of(setup.options, at_hand.started)),
      control_(at_hand.loop, at_hand.output, log, deadline_.later_by(kLastWords), kGrace,
               "the check is called off"),
      admission_(at_hand.network, Admission::Limits(at_hand.jobs), pauses_, control_.ending(),
                 at_hand.loop),
      client_(admission_),
      checker_(client_, setup.options.retry, setup.options.invert, at_hand.loop),
      checks_(setup.targets, checker_, at_hand.loop, *this) {}

Task<ExitStatus> CheckRun::run() {
    const Context& context = co_await this_task::context();
    TaskGroup watchers(context);
    TaskGroup checking(context);
    TaskGroup work(context);
    watchers.start(control_.watch(checking, work));
    checking.start(check_and_report());
    co_await checking.join();
    co_await control_.wind_up(work, watchers, no_last_act());
    co_return more_telling(status_, control_.status());
}

Task<void> CheckRun::check_and_report() {
    co_await check();
    status_ = status_of_results();
    if (setup_.state.wanted()) {
        co_await settle();
    }
    report();
}

Task<void> CheckRun::check() {
    if (options_.wait) {
        co_await checks_.run_until_up(deadline_, options_.interval);
    } else {
        co_await checks_.run(deadline_);
    }
    if (checks_.late()) {
        const std::vector<CheckResult>& results = checks_.results();
        log_.error(fmt::format("the deadline passed: {} of {} targets are up", count_up(results),
                               results.size()));
    }
}

Task<void> CheckRun::settle() {
    const Result<void> settled =
        co_await setup_.state.settle(checks_.results(), options_.flaps.value_or(FlapRules()));
    status_ = status_of_results();
    if (!settled) {
        tell_failure(settled.error());
    }
}

void CheckRun::tell_failure(const Error& error) {
    log_.error(error.message());
    switch (error.error_class()) {
        case ErrorClass::Sink: status_ = more_telling(status_, ExitStatus::OutputFailed); break;
        case ErrorClass::HostDown: status_ = more_telling(status_, ExitStatus::LockHeld); break;
        default: status_ = more_telling(status_, ExitStatus::Usage);
    }
}

ExitStatus CheckRun::status_of_results() const {
    if (checks_.late()) {
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
