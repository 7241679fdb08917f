#include "app/race/race_command.hpp"

#include <utility>
#include <vector>

#include "app/options/named_target.hpp"
#include "app/race/race_run.hpp"

namespace runnel {

namespace {

Extraction extraction_of(const RaceOptions& options) {
    if (options.extract) {
        return Extraction(*options.extract);
    }
    return options.match ? Extraction(*options.match) : Extraction();
}

/// A response to HEAD has no body, so by default any is an answer.
std::vector<Validator> validators_of(const RaceOptions& options) {
    if (options.valid) {
        return {*options.valid};
    }
    return options.requests.head ? std::vector<Validator>()
                                 : std::vector<Validator>{Validator(Validator::Kind::NonEmpty)};
}

Result<RacePlan> plan_sources(const RaceOptions& options) {
    if (options.sources.empty()) {
        return bad_input("race: name at least one source: URL, or NAME=URL");
    }
    std::vector<RaceEntry> entries;
    for (const std::string& text : options.sources) {
        NamedTarget target = NamedTarget::parse(text);
        entries.push_back({std::move(target.name), std::move(target.url), extraction_of(options),
                           validators_of(options)});
    }
    return plan_race(options, options.cmd, std::move(entries));
}

}  // namespace

int run_race(const RaceOptions& options, Log& log, TimePoint started) {
    return run_planned_race(options, log, started, [&] { return plan_sources(options); });
}

}  // namespace runnel
