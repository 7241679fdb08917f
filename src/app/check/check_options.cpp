#include "app/check/check_options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/check/target_table.hpp"
#include "app/cli/config.hpp"
#include "app/cli/option_types.hpp"
#include "app/options/retry_options.hpp"
#include "app/options/timeout_options.hpp"
#include "base/parse.hpp"

namespace runnel {

namespace {

void describe_targets(CLI::App& command, CheckOptions& options) {
    // So many are expected that each is taken as it stands: see add_words().
    CLI::Option* targets =
        add_words(command, "TARGET", options.targets,
                  "What has to be up: http(s)://…, tcp://HOST:PORT, or NAME=TARGET")
            ->expected(CLI::detail::expected_max_vector_size, CLI::detail::expected_max_vector_size)
            ->take_all();
    CLI::Option* files = add_words(command, "-i,--input", options.files,
                                   "Read targets from FILE, one a line (-: stdin)")
                             ->type_name("FILE")
                             ->group("Targets");
    const auto parse = [](const std::string& text) -> Result<std::string> {
        const Result<TargetTable> table = TargetTable::parse(text, Assertions());
        return table ? Result<std::string>(text) : table.error();
    };
    // Not for people: what [[check.target]] of a configuration file becomes.
    add_values(command, "--target", options.tables, parse, "A target as JSON")
        ->type_name(kTableType)
        ->excludes(targets)
        ->excludes(files)
        ->group("");
}

void describe_limits(CLI::App& command, CheckOptions& options) {
    const std::string group = "Limits";
    add_value(command, "--deadline", options.deadline, optional_value(&parse_duration),
              "Limit of the whole run (10s; none with --wait)")
        ->type_name("D")
        ->group(group);
    describe_grace(command, options.grace);
    describe_time_limits(command, options.policy, "5s");
    accept_max_line(command);
}

FlapRules& flaps_of(CheckOptions& options) {
    return options.flaps ? *options.flaps : options.flaps.emplace();
}

void describe_states(CLI::App& command, CheckOptions& options) {
    const std::string group = "States";
    const auto parse = [](const std::string& text) -> Result<std::size_t> {
        const bool digits = !text.empty() && text.size() <= 9 &&
                            text.find_first_not_of("0123456789") == std::string::npos;
        const int count = digits ? std::stoi(text) : 0;
        return count > 0 ? Result<std::size_t>(static_cast<std::size_t>(count))
                         : Error(ErrorClass::BadInput,
                                 fmt::format("\"{}\" is not a whole number above zero", text));
    };
    add_parsed(
        command, "--rise", parse, [&options](std::size_t n) { flaps_of(options).rise = n; },
        "What was down is up when it was found up N times in a row (1)")
        ->type_name("N")
        ->group(group);
    add_parsed(
        command, "--fall", parse, [&options](std::size_t n) { flaps_of(options).fall = n; },
        "What was up is down when it was found down N times in a row (1)")
        ->type_name("N")
        ->group(group);
    add_name(command, "--state", options.state, "Remember in FILE what was found")
        ->type_name("FILE")
        ->group(group);
    add_value(command, "--wait", options.wait, optional_value(&parse_duration),
              "Check again until all are up; 124 after D")
        ->type_name("D")
        ->group(group);
    add_duration(command, "--interval", options.interval, "With --wait: between two checks (1s)")
        ->group(group);
    command.add_flag("--invert", options.invert, "What is down is good, and what is up is down")
        ->group(group);
}

void describe_output(CLI::App& command, CheckOptions& options) {
    const std::string group = "Output";
    add_value(command, "--format", options.format, &parse_check_format,
              "text, json, nagios, docker, prometheus, junit or tap (text)")
        ->type_name("FORMAT")
        ->group(group);
    command
        .add_flag_callback(
            "--json",
            [] {
                throw CLI::ValidationError(
                    "--json", "say --format json; to send JSON use -d DATA -H 'Content-Type: ...'");
            })
        ->configurable(false)
        ->group("");
    add_name(command, "-O,--output", options.output, "Write to FILE, in one step, not to stdout")
        ->type_name("FILE")
        ->group(group);
    add_name(command, "--mock", options.mock_routes,
             "Take every answer from a file of routes instead of the network")
        ->type_name("ROUTES")
        ->group(group);
}

void describe_body_assertions(CLI::App& command, Assertions& assertions) {
    const std::string group = "Assertions";
    add_values(command, "--body-re", assertions.body, &Pattern::parse,
               "A regular expression (RE2) matches somewhere in the body")
        ->type_name("RE")
        ->group(group);
    add_values(command, "--no-body-re", assertions.no_body, &Pattern::parse,
               "A regular expression matches nowhere in the body")
        ->type_name("RE")
        ->group(group);
    add_values(command, "--json-value", assertions.json, &JsonCondition::parse,
               "A value in a JSON body: 'PTR OP VALUE'; OP is == != < <= > >= =~ exists or len")
        ->type_name("RULE")
        ->group(group);
    add_value(command, "--max-body", assertions.max_body, optional_value(&parse_size),
              "The decoded body is no larger (16M when it is looked into)")
        ->type_name("SIZE")
        ->group(group);
}

}  // namespace

void describe_assertions(CLI::App& command, Assertions& assertions) {
    const std::string group = "Assertions";
    add_value(command, "--expect", assertions.expect, optional_value(&ExpectedStatus::parse),
              "The status is one of these: 200,204,3xx or any (2xx)")
        ->type_name("LIST")
        ->group(group);
    add_values(command, "--expect-header", assertions.headers, &HeaderCondition::parse,
               "A header came, and a regular expression matches somewhere in it: 'NAME: RE'")
        ->type_name("RULE")
        ->group(group);
    describe_body_assertions(command, assertions);
    add_duration(command, "--warn-time", assertions.warn_time, "Slower is a warning")->group(group);
    add_duration(command, "--crit-time", assertions.crit_time, "Slower is down")->group(group);
    add_value(command, "--cert-days", assertions.cert_days, optional_value(&CertificateDays::parse),
              "Certificates are valid for more days; fewer than CRIT is down")
        ->type_name("WARN,CRIT")
        ->group(group);
    command.add_flag("--require-tls", assertions.require_tls, "The final response came by https")
        ->group(group);
}

void describe_check(CLI::App& command, CheckOptions& options) {
    options.policy.user_agent = fmt::format("runnel/{}", RUNNEL_VERSION);
    describe_targets(command, options);
    describe_assertions(command, options.assertions);
    describe_states(command, options);
    describe_output(command, options);
    describe_limits(command, options);
    describe_requests(command, options.requests);
    describe_retries(command, options.retry);
    describe_transport(command, options.transport, options.policy);
    describe_schedule(command, options.cron);
    command.footer("With -- CMD ARGS... runnel becomes CMD when all targets are up.");
    refuse_flag_values(command);
}

}  // namespace runnel
