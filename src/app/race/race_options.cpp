#include "app/race/race_options.hpp"

#include <fmt/format.h>

#include <limits>

#include "app/options/retry_options.hpp"
#include "app/options/timeout_options.hpp"

namespace runnel {

namespace {

Result<std::uint8_t> parse_exit_status(const std::string& text) {
    const bool digits = !text.empty() && text.size() <= 3 &&
                        text.find_first_not_of("0123456789") == std::string::npos;
    const int status = digits ? std::stoi(text) : -1;
    if (status < 0 || status > std::numeric_limits<std::uint8_t>::max()) {
        return Error(ErrorClass::BadInput,
                     fmt::format("\"{}\" is not an exit status: use 0 to 255", text));
    }
    return static_cast<std::uint8_t>(status);
}

constexpr OptionText kSources = {"SOURCE", "", "Where to ask: URL or NAME=URL"};
constexpr OptionText kExtract = {"--extract", "PTR", "The answer is the value at a JSON Pointer"};
constexpr OptionText kMatch = {
    "--match", "REGEX", "The answer is the first group of a regular expression",
    "The answer is the first group of a regular expression (RE2), or the whole match without a "
    "group."};
constexpr OptionText kValid = {
    "--valid", "KIND", "Valid answers: nonempty, json, ip, ipv4, ipv6, ...",
    "What an answer must be: `nonempty`, `json`, `ip`, `ipv4`, `ipv6`, `public-ip` or "
    "`regex:RE`."};
constexpr OptionText kStagger = {
    "--stagger", "D", "Ask the next source D after the last (0: all at once)",
    "Ask the next source D after the last one, and at once when one has failed. 0: ask all at "
    "once."};
constexpr OptionText kQuorum = {
    "--quorum", "N", "Number of equal answers that decide (1)",
    "Wait until N sources have given equal answers; N of them start at once. When that cannot "
    "happen any more, there is no answer; a tie is reported."};
constexpr OptionText kAll = {"--all", "", "Wait for all sources, print each answer as it comes"};
constexpr OptionText kFallback = {"--fallback", "VALUE",
                                  "Print VALUE if there is no answer, and succeed"};
constexpr OptionText kFallbackExit = {"--fallback-exit", "N", "Exit status with --fallback (0)"};
constexpr OptionText kJson = {"--json", "", "Print the race, or with --all each attempt, as JSON"};
constexpr OptionText kDeadline = {"--deadline", "D", "Limit of the whole race (5s)"};
constexpr OptionText kMaxBody = {"--max-body", "SIZE", "Limit of the body of an answer (64k)"};

void describe_decision(OptionSet& set, RaceOptions& options) {
    set.group("Race");
    set.value(kValid, options.valid, &Validator::parse);
    set.duration(kStagger, options.rules.stagger);
    set.count(kQuorum, options.rules.quorum);
    set.flag(kAll, options.rules.all);
    set.text(kFallback, options.fallback);
    set.value(kFallbackExit, options.fallback_exit, &parse_exit_status);
    set.flag(kJson, options.json);
    describe_mock_routes(set, options.mock_routes);
}

void describe_limits(OptionSet& set, RaceOptions& options) {
    describe_grace(set, options.grace);
    describe_time_limits(set, options.policy);
    set.duration(kDeadline, options.deadline);
    set.size(kMaxBody, options.policy.max_body);
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
    set.arguments(kSources, options.sources);
    set.group("Answers");
    OptionSet::Row& extract = set.value(kExtract, options.extract, &JsonPointer::parse);
    set.exclude(set.value(kMatch, options.match, &Pattern::parse), extract);
    describe_race_rules(set, options);
}

}  // namespace runnel
