#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/console/exit_status.hpp"
#include "app/race/race_options.hpp"
#include "app/run/request_setup.hpp"
#include "service/race.hpp"

namespace runnel {

/// A source as a command names it; its URL is not checked yet.
struct RaceEntry {
    std::string name;
    std::string url;
    Extraction extraction;
    std::vector<Validator> validators;
};

/// The plan of a race: its options resolved and its sources checked.
struct RacePlan {
    RequestSetup requests;  ///< The sources refer to its policy.
    std::vector<Source> sources;
    RaceRules rules;
    Duration deadline = Duration::zero();  ///< Zero means no limit.
    std::optional<Duration> grace;         ///< If not set, a signal ends the race at once.
    std::optional<std::string> fallback;
    ExitStatus fallback_status = ExitStatus::Success;
    bool json = false;
    std::vector<std::string> cmd;  ///< Run for a changed value; empty if not set.
    bool about_ip = false;         ///< The value is the address of this machine (`ip`).
};

/// Makes the plan for \a entries, which are asked in that order; starts the server of `--mock`.
/// \a cmd is CMD of the command line. Fails with ErrorClass::BadInput.
[[nodiscard]] Result<RacePlan> plan_race(const RaceOptions& options,
                                         const std::vector<std::string>& cmd,
                                         std::vector<RaceEntry> entries);

}  // namespace runnel
