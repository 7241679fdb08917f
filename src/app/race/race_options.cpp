#include "app/race/race_options.hpp"

#include <fmt/format.h>

#include <limits>

#include "app/cli/option_table.hpp"
#include "app/options/retry_options.hpp"
#include "app/options/timeout_options.hpp"

namespace runnel {

namespace {

Result<std::uint8_t> parse_exit_status(const std::string& text) {
    const bool digits = !text.empty() && text.size() <= 3 &&
                        text.find_first_not_of("0123456789") == std::string::npos;
    const int status = digits ? std::stoi(text) : -1;
    if (status < 0 || status > std::numeric_limits<std::uint8_t>::max()) {
        return bad_input(fmt::format("\"{}\" is not an exit status: use 0 to 255", text));
    }
    return static_cast<std::uint8_t>(status);
}

void describe_decision(OptionSet& set, RaceOptions& options) {
    set.group("Race");
    set.value(options::kRaceValid, options.valid, &Validator::parse);
    set.duration(options::kRaceStagger, options.rules.stagger);
    set.count(options::kRaceQuorum, options.rules.quorum);
    set.flag(options::kRaceAll, options.rules.all);
    set.text(options::kRaceFallback, options.fallback);
    set.value(options::kRaceFallbackExit, options.fallback_exit, &parse_exit_status);
    OptionSet::file(FileUse::Hold, set.name(options::kRaceChangeFile, options.change_file));
    set.flag(options::kRaceJson, options.json);
    describe_mock_routes(set, options.mock_routes);
}

void describe_limits(OptionSet& set, RaceOptions& options) {
    describe_grace(set, options.grace);
    describe_time_limits(set, options.policy);
    set.duration(options::kRaceDeadline, options.deadline);
    set.size(options::kRaceMaxBody, options.policy.max_body);
    accept_max_line(set);
}

}  // namespace

void describe_race_rules(OptionSet& set, RaceOptions& options) {
    describe_decision(set, options);
    describe_limits(set, options);
    describe_requests(set, options.requests);
    describe_expectation(set, options.expect);
    describe_retries(set, options.rules.retry);
    describe_transport(set, options.transport, options.policy);
    describe_schedule(set, options.cron);
}

void describe_race(OptionSet& set, RaceOptions& options) {
    set.group("Sources");
    set.arguments(options::kRaceSources, options.sources);
    set.group("Answers");
    OptionSet::Row& extract =
        set.value(options::kRaceExtract, options.extract, &JsonPointer::parse);
    set.exclude(set.value(options::kRaceMatch, options.match, &Pattern::parse), extract);
    describe_race_rules(set, options);
}

}  // namespace runnel
