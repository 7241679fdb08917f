#include "app/race/race_command.hpp"

#include <utility>
#include <vector>

#include "app/options/named_target.hpp"
#include "app/race/race_run.hpp"
#include "app/race/race_setup.hpp"
#include "app/run/run_context.hpp"

namespace runnel {

namespace {

Extraction extraction_of(const RaceOptions& options) {
    if (options.extract) {
        return Extraction(*options.extract);
    }
    return options.match ? Extraction(*options.match) : Extraction();
}

/// A response to HEAD has no body: who asks by it wants to know who responds first.
std::vector<Validator> validators_of(const RaceOptions& options) {
    if (options.valid) {
        return {*options.valid};
    }
    return options.requests.head ? std::vector<Validator>()
                                 : std::vector<Validator>{Validator(Validator::Kind::NonEmpty)};
}

Result<std::size_t> prepare(RaceSetup& setup) {
    if (setup.options.sources.empty()) {
        return Error(ErrorClass::BadInput, "race: say whom to ask: URL, or NAME=URL");
    }
    Result<void> done = setup.settle();
    for (const std::string& text : setup.options.sources) {
        if (done) {
            NamedTarget source = NamedTarget::parse(text);
            done = setup.add(std::move(source.name), source.url, extraction_of(setup.options),
                             validators_of(setup.options));
        }
    }
    if (done) {
        done = setup.check();
    }
    if (!done) {
        return std::move(done).error();
    }
    return setup.sources.size();
}

}  // namespace

int run_race(const RaceOptions& given, Log& log, TimePoint started) {
    RaceSetup setup(given);
    return run_with_context(
        given.cron, setup.options.policy, log, started, [&setup] { return prepare(setup); },
        [&](RunContext& context) {
            RaceRun race(context, setup, false, log);
            return run(context.loop, race.run());
        });
}

}  // namespace runnel
