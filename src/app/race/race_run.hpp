#pragma once

#include <vector>

#include "app/race/race_report.hpp"
#include "app/run/run_context.hpp"
#include "app/run/shutdown.hpp"
#include "http/redirect.hpp"
#include "pipeline/admission.hpp"
#include "service/race.hpp"

namespace runnel {

struct RaceOptions;
class RaceSetup;

/// One run of `runnel race` or `runnel ip`: the race itself, with what can end it early around it.
/// A signal ends it at once, unless there is a grace.
class RaceRun {
public:
    /// All must outlive this.
    RaceRun(RunContext& context, const RaceSetup& setup, bool about_ip, Log& log);

    /// Until the race is decided, all losers are gone, and stdout has taken what was printed.
    [[nodiscard]] Task<ExitStatus> run();

private:
    Deadline deadline_;
    bool has_grace_;
    Shutdown shutdown_;
    Admission admission_;
    http::RedirectClient client_;
    RaceReport report_;
    Race race_;
};

}  // namespace runnel
