#pragma once

#include <vector>

#include "app/client_run.hpp"
#include "app/race_report.hpp"
#include "app/run_control.hpp"
#include "async/event.hpp"
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
    RaceRun(ClientRun& at_hand, const RaceSetup& setup, bool about_ip, Log& log);

    /// Until the race is decided, all losers are gone, and stdout has taken what was printed.
    [[nodiscard]] Task<ExitStatus> run();

private:
    Deadline deadline_;
    bool has_grace_;
    Event never_closed_;  ///< A race that may go on asks whom it would have asked.
    RunControl control_;
    Admission admission_;
    http::RedirectClient client_;
    RaceReport report_;
    Race race_;
};

}  // namespace runnel
