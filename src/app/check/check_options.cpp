#include "app/check/check_options.hpp"

#include "app/check/check_exit_status.hpp"
#include "app/check/target_table.hpp"
#include "app/options/retry_options.hpp"
#include "app/options/timeout_options.hpp"
#include "base/parse.hpp"

namespace runnel {

namespace {

constexpr OptionText kTargets = {"TARGET", "", "http(s)://..., tcp://HOST:PORT, or NAME=TARGET"};
constexpr OptionText kInput = {"-i,--input", "FILE",
                               "Read targets from FILE, one a line (-: stdin)",
                               "Read targets from FILE, one on each line; `-` is stdin."};
/// What `[[check.target]]` of a configuration file becomes.
constexpr OptionText kTable = {"--target", "TABLE", "A target as JSON"};
constexpr OptionText kDeadline = {"--deadline", "D", "Limit of the whole run (10s; --wait: none)",
                                  "Limit of the whole run; 10s by default, none with `--wait`."};
constexpr OptionText kRise = {"--rise", "N", "With --state: up after N runs that found it up (1)",
                              "With `--state`: a target that was down is up when N runs in a row "
                              "found it up. A new target is what it was found to be."};
constexpr OptionText kFall = {"--fall", "N",
                              "With --state: down after N runs that found it down (1)",
                              "With `--state`: a target that was up is down when N runs in a row "
                              "found it down."};
constexpr OptionText kState = {"--state", "FILE", "Remember the states in FILE",
                               "Remember the states in FILE, so that the next run knows what has "
                               "changed."};
constexpr OptionText kWait = {
    "--wait", "D", "Check again until all are up; 124 after D",
    "Check again until all are up at once, for D at most (124); 0 means no "
    "limit."};
constexpr OptionText kInterval = {"--interval", "D", "With --wait: between two checks (1s)",
                                  "With `--wait`: time from the start of one check to the next; 1s "
                                  "by default."};
constexpr OptionText kInvert = {"--invert", "",
                                "Count a target that is down as up, and vice versa"};
constexpr OptionText kFormat = {
    "--format", "FORMAT", "text, json, nagios, docker, prometheus, junit, tap",
    "The format of the report: `text` (the default), `json`, `nagios`, `docker`, `prometheus`, "
    "`junit` or `tap`."};
constexpr OptionText kJsonHabit = {"--json", "", ""};
constexpr OptionText kOutput = {
    "-O,--output", "FILE", "Replace FILE with the report in one step",
    "Write the report to FILE, in one step at the end, and nothing to stdout; `-` is stdout. A "
    "replaced file keeps its permissions."};
constexpr OptionText kExpectStatus = {
    "--expect", "LIST", "Status: 200,204, 3xx or any (2xx)",
    "The status is one of these: `200,204`, `3xx` or `any`; `2xx` "
    "by default."};
constexpr OptionText kExpectHeader = {
    "--expect-header", "'NAME: RE'", "A header whose value matches a regular expression",
    "A header of that name has a value in which a regular expression (RE2) matches."};
constexpr OptionText kBodyRe = {"--body-re", "RE", "A regular expression matches in the body",
                                "A regular expression (RE2) matches somewhere in the body."};
constexpr OptionText kNoBodyRe = {"--no-body-re", "RE", "It matches nowhere in the body",
                                  "A regular expression (RE2) matches nowhere in the body."};
constexpr OptionText kJsonValue = {
    "--json-value", "'PTR OP VALUE'", "A value in a JSON body, such as '/ok == true'",
    "The value at a JSON Pointer compares as given, see below. OP is one of `==` `!=` `<` `<=` `>` "
    "`>=` `=~` `exists` `len`."};
constexpr OptionText kMaxBody = {
    "--max-body", "SIZE", "The decoded body is no larger",
    "The decoded body is no larger; 16M if an assertion reads it, otherwise unlimited."};
constexpr OptionText kWarnTime = {"--warn-time", "D", "A longer time is a warning"};
constexpr OptionText kCritTime = {"--crit-time", "D", "A longer time is down"};
constexpr OptionText kCertDays = {"--cert-days", "WARN,CRIT",
                                  "Certificates are valid for more days",
                                  "The first certificate of the server to expire is valid for that "
                                  "many days: fewer than WARN are "
                                  "a warning, fewer than CRIT are down."};
constexpr OptionText kRequireTls = {"--require-tls", "", "The final response came by https"};

void describe_targets(OptionSet& set, CheckOptions& options) {
    set.group("Targets");
    OptionSet::Row& targets = set.arguments(kTargets, options.targets);
    OptionSet::Row& files = set.texts(kInput, options.files);
    const auto parse = [](const std::string& text) -> Result<std::string> {
        const Result<TargetTable> table = TargetTable::parse(text, Assertions());
        return table ? Result<std::string>(text) : table.error();
    };
    OptionSet::Row& tables = set.values(kTable, options.tables, parse);
    tables.hidden = true;
    tables.takes_tables = true;
    set.exclude(tables, targets);
    set.exclude(tables, files);
}

void describe_limits(OptionSet& set, CheckOptions& options) {
    describe_grace(set, options.grace);
    describe_time_limits(set, options.policy);
    set.duration(kDeadline, options.deadline);
    accept_max_line(set);
}

FlapRules& flaps_of(CheckOptions& options) {
    return options.flaps ? *options.flaps : options.flaps.emplace();
}

void describe_states(OptionSet& set, CheckOptions& options) {
    set.group("States");
    set.parsed(kRise, &parse_count, [&options](std::size_t n) { flaps_of(options).rise = n; });
    set.parsed(kFall, &parse_count, [&options](std::size_t n) { flaps_of(options).fall = n; });
    set.name(kState, options.state);
    set.duration(kWait, options.wait);
    set.duration(kInterval, options.interval);
    set.flag(kInvert, options.invert);
}

void describe_output(OptionSet& set, CheckOptions& options) {
    set.group("Output");
    set.take_early(set.value(kFormat, options.format, &parse_check_format));
    OptionSet::Row& json = set.add(kJsonHabit, OptionSet::Kind::Flag, [](const auto&) {
        return Result<void>(
            Error(ErrorClass::BadInput,
                  "say --format json; to send JSON use -d DATA -H 'Content-Type: ...'"));
    });
    json.hidden = true;
    json.command_line_only = true;
    set.name(kOutput, options.output);
    describe_mock_routes(set, options.mock_routes);
}

}  // namespace

void describe_assertions(OptionSet& set, Assertions& assertions) {
    set.group("Assertions");
    set.value(kExpectStatus, assertions.expect, &ExpectedStatus::parse);
    set.values(kExpectHeader, assertions.headers, &HeaderCondition::parse);
    set.values(kBodyRe, assertions.body, &Pattern::parse);
    set.values(kNoBodyRe, assertions.no_body, &Pattern::parse);
    set.values(kJsonValue, assertions.json, &JsonCondition::parse);
    set.size(kMaxBody, assertions.max_body);
    set.duration(kWarnTime, assertions.warn_time);
    set.duration(kCritTime, assertions.crit_time);
    set.value(kCertDays, assertions.cert_days, &CertificateDays::parse);
    set.flag(kRequireTls, assertions.require_tls);
}

void describe_check(OptionSet& set, CheckOptions& options) {
    describe_targets(set, options);
    describe_assertions(set, options.assertions);
    describe_states(set, options);
    describe_output(set, options);
    describe_limits(set, options);
    describe_requests(set, options.requests);
    describe_retries(set, options.retry);
    describe_transport(set, options.transport, options.policy);
    describe_schedule(set, options.cron);
}

ExitStatus CheckOptions::status_before_run(ExitStatus status) const {
    return status_for(format, status, std::nullopt);
}

}  // namespace runnel
