#include "app/race/race_run.hpp"

#include <optional>
#include <utility>

namespace runnel {

namespace {

/// Maximum wait for stdout after the deadline or a signal.
constexpr Duration kFlushLimit = std::chrono::seconds(1);

}  // namespace

RaceRun::RaceRun(RunContext& context, const RacePlan& plan, const ChangeFile& change, Log& log)
    : deadline_(Deadline::after(context.started, plan.deadline)),
      has_grace_(plan.grace.has_value()),
      shutdown_(context.loop, context.output, log, deadline_.later_by(kFlushLimit),
                plan.grace.value_or(kFlushLimit),
                has_grace_ ? "stopping the race when the grace ends" : "stopping the race"),
      admission_(context.network, Admission::Limits(context.jobs), plan.rules.retry, context.loop),
      client_(admission_),
      report_(plan, change, context.output, log),
      race_(plan.sources, plan.rules, client_, context.loop, report_) {}

Task<ExitStatus> RaceRun::run() {
    Task<void> race = race_.run(deadline_);
    co_await shutdown_.oversee(std::move(race), has_grace_);
    co_return more_severe(report_.status(), shutdown_.status());
}

int run_planned_race(const RaceOptions& options, Log& log, TimePoint started,
                     const std::function<Result<RacePlan>()>& make_plan) {
    std::optional<RacePlan> plan;
    ChangeFile change;
    const auto prepare = [&]() -> Result<PreparedRun> {
        RUNNEL_TRY_ASSIGN(plan, make_plan());
        RUNNEL_TRY(change.open(options.change_file));
        return PreparedRun{plan->sources.size(), plan->requests.mock_port()};
    };
    const auto body = [&](RunContext& context) {
        ExitStatus status = ExitStatus::Success;
        std::optional<std::string> changed;
        {
            RaceRun race(context, *plan, change, log);
            status = run(context.loop, race.run());
            changed = race.changed();
        }
        // Run CMD after the race is destroyed, because its signal handling would hide the signals
        // from CMD.
        return status == ExitStatus::Success && change.wanted() && changed
                   ? change.take(*changed, plan->cmd, context.loop, log)
                   : status;
    };
    return run_with_context(options.cron, log, started, prepare, body, {}, options.deadline);
}

}  // namespace runnel
