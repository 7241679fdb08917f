#pragma once

#include <functional>

#include "app/race/race_plan.hpp"
#include "app/race/race_report.hpp"
#include "app/run/run_context.hpp"
#include "app/run/shutdown.hpp"
#include "http/redirect.hpp"
#include "pipeline/admission.hpp"
#include "service/race.hpp"

namespace runnel {

/// One run of `runnel race` or `runnel ip`: the race, and what can end it early. A signal ends it
/// at once, unless there is a grace.
class RaceRun {
public:
    /// All must outlive this.
    RaceRun(RunContext& context, const RacePlan& plan, const ChangeFile& change, Log& log);

    /// Runs until the race is decided, all other attempts are closed, and stdout is flushed.
    [[nodiscard]] Task<ExitStatus> run();
    /// See RaceReport::changed().
    [[nodiscard]] const std::optional<std::string>& changed() const noexcept {
        return report_.changed();
    }

private:
    Deadline deadline_;
    bool has_grace_;
    Shutdown shutdown_;
    Admission admission_;
    http::RedirectClient client_;
    RaceReport report_;
    Race race_;
};

/// Runs the race that \a make_plan plans, as run_with_context() does, and returns the exit status.
[[nodiscard]] int run_planned_race(const RaceOptions& options, Log& log, TimePoint started,
                                   const std::function<Result<RacePlan>()>& make_plan);

}  // namespace runnel
