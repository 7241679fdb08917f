#include "app/check/check_options.hpp"

#include "app/check/check_exit_status.hpp"
#include "app/check/target_table.hpp"
#include "app/cli/option_table.hpp"
#include "app/options/retry_options.hpp"
#include "app/options/timeout_options.hpp"

namespace runnel {

namespace {

void describe_targets(OptionSet& set, CheckOptions& options) {
    set.group("Targets");
    OptionSet::Row& targets = set.arguments(options::kCheckTargets, options.targets);
    OptionSet::Row& files =
        OptionSet::file(FileUse::Read, set.texts(options::kCheckInput, options.files));
    const auto parse = [](const std::string& text) -> Result<std::string> {
        const Result<TargetTable> table = TargetTable::parse(text, Assertions());
        return table ? Result<std::string>(text) : table.error();
    };
    OptionSet::Row& tables = set.values(options::kCheckTable, options.tables, parse);
    tables.hidden = true;
    tables.takes_tables = true;
    set.exclude(tables, targets);
    set.exclude(tables, files);
}

void describe_limits(OptionSet& set, CheckOptions& options) {
    describe_grace(set, options.grace);
    describe_time_limits(set, options.policy);
    set.duration(options::kCheckDeadline, options.deadline);
    accept_max_line(set);
}

FlapRules& flaps_of(CheckOptions& options) {
    return options.flaps ? *options.flaps : options.flaps.emplace();
}

void describe_states(OptionSet& set, CheckOptions& options) {
    set.group("States");
    set.parsed(options::kCheckRise, &parse_count,
               [&options](std::size_t n) { flaps_of(options).rise = n; });
    set.parsed(options::kCheckFall, &parse_count,
               [&options](std::size_t n) { flaps_of(options).fall = n; });
    OptionSet::file(FileUse::Hold, set.name(options::kCheckState, options.state));
    set.flag(options::kCheckOnlyChanged, options.only_changed);
    set.duration(options::kCheckWait, options.wait);
    set.duration(options::kCheckInterval, options.interval);
    set.flag(options::kCheckInvert, options.invert);
}

void describe_output(OptionSet& set, CheckOptions& options) {
    set.group("Output");
    set.take_early(set.value(options::kCheckFormat, options.format, &parse_check_format));
    OptionSet::Row& json =
        set.add(options::kCheckJsonHabit, OptionSet::Kind::Flag, [](const auto&) {
            return Result<void>(
                bad_input("say --format json; to send JSON use -d DATA -H 'Content-Type: ...'"));
        });
    json.hidden = true;
    json.command_line_only = true;
    OptionSet::file(FileUse::Write, set.name(options::kCheckOutput, options.output));
    describe_mock_routes(set, options.mock_routes);
}

}  // namespace

void describe_assertions(OptionSet& set, Assertions& assertions) {
    set.group("Assertions");
    set.value(options::kCheckExpectStatus, assertions.expect, &ExpectedStatus::parse);
    set.values(options::kCheckExpectHeader, assertions.headers, &HeaderCondition::parse);
    set.values(options::kCheckBodyRe, assertions.body, &Pattern::parse);
    set.values(options::kCheckNoBodyRe, assertions.no_body, &Pattern::parse);
    set.values(options::kCheckJsonValue, assertions.json, &JsonCondition::parse);
    set.size(options::kCheckMaxBody, assertions.max_body);
    set.duration(options::kCheckWarnTime, assertions.warn_time);
    set.duration(options::kCheckCritTime, assertions.crit_time);
    set.value(options::kCheckCertDays, assertions.cert_days, &CertificateDays::parse);
    set.flag(options::kCheckRequireTls, assertions.require_tls);
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

std::string CheckOptions::text_before_run(std::string_view why) const {
    return format == CheckFormat::Nagios ? nagios_refusal(why) : "";
}

}  // namespace runnel
