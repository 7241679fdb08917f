#include "app/race/race_run.hpp"

#include <utility>

#include "app/race/race_setup.hpp"

namespace runnel {

namespace {

/// After the deadline stdout may take what was printed so long.
constexpr Duration kLastWords = std::chrono::seconds(1);

}  // namespace

RaceRun::RaceRun(RunContext& context, const RaceSetup& setup, bool about_ip, Log& log)
    : deadline_(Deadline::after(context.started, setup.options.deadline)),
      has_grace_(setup.options.grace.has_value()),
      shutdown_(context.loop, context.output, log, deadline_.later_by(kLastWords),
                setup.options.grace.value_or(kLastWords),
                has_grace_ ? "the race may go on for its grace" : "the race is called off"),
      admission_(context.network, Admission::Limits(context.jobs), setup.options.rules.retry,
                 context.loop),
      client_(admission_),
      report_(setup.options, about_ip, context.output, log),
      race_(setup.sources, setup.options.rules, client_, context.loop, report_) {}

Task<ExitStatus> RaceRun::run() {
    Task<void> race = race_.run(deadline_);
    co_await shutdown_.oversee(std::move(race), has_grace_);
    co_return more_severe(report_.status(), shutdown_.status());
}

}  // namespace runnel
