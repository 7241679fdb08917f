#include "app/race/race_options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <limits>

#include "app/cli/option_types.hpp"
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
                     fmt::format("\"{}\" is no exit status: use 0 to 255", text));
    }
    return static_cast<std::uint8_t>(status);
}

void describe_decision(CLI::App& command, RaceOptions& options) {
    const std::string group = "Race";
    add_value(command, "--valid", options.valid, optional_value(&Validator::parse),
              "What an answer has to be: nonempty, json, ip, ipv4, ipv6, public-ip, regex:RE")
        ->type_name("KIND")
        ->group(group);
    add_duration(command, "--stagger", options.rules.stagger,
                 "Ask the next source so long after the last one; 0: all at once")
        ->group(group);
    add_count(command, "--quorum", options.rules.quorum, "So many have to give equal answers (1)")
        ->group(group);
    command.add_flag("--all", options.rules.all, "Wait for all, and print each as it comes")
        ->group(group);
    const auto as_it_stands = [](const std::string& text) {
        return Result<std::optional<std::string>>(text);
    };
    add_value(command, "--fallback", options.fallback, as_it_stands,
              "Print this when there is no answer, and succeed")
        ->type_name("VALUE")
        ->group(group);
    add_value(command, "--fallback-exit", options.fallback_exit, &parse_exit_status,
              "Exit status with --fallback (0)")
        ->type_name("N")
        ->group(group);
    command.add_flag("--json", options.json, "Print the race, or with --all each attempt, as JSON")
        ->group(group);
    add_name(command, "--mock", options.mock_routes,
             "Take every answer from a file of routes instead of the network")
        ->type_name("ROUTES")
        ->group(group);
}

void describe_limits(CLI::App& command, RaceOptions& options) {
    const std::string group = "Limits";
    add_duration(command, "--deadline", options.deadline, "Limit of the whole race (5s)")
        ->group(group);
    describe_grace(command, options.grace);
    describe_time_limits(command, options.policy);
    add_size(command, "--max-body", options.policy.max_body, "Limit of an answer's body (64k)")
        ->group(group);
    accept_max_line(command);
}

}  // namespace

void describe_race_rules(CLI::App& command, RaceOptions& options) {
    options.policy.user_agent = fmt::format("runnel/{}", RUNNEL_VERSION);
    describe_decision(command, options);
    describe_limits(command, options);
    describe_requests(command, options.requests);
    describe_expectation(command, options.expect);
    describe_retries(command, options.rules.retry);
    describe_transport(command, options.transport, options.policy);
    describe_schedule(command, options.cron);
}

void describe_race(CLI::App& command, RaceOptions& options) {
    // So many are expected that each is taken as it stands: see add_words().
    add_words(command, "SOURCE", options.sources, "Whom to ask: URL, or NAME=URL")
        ->expected(CLI::detail::expected_max_vector_size, CLI::detail::expected_max_vector_size)
        ->take_all();
    const std::string group = "Answers";
    CLI::Option* extract =
        add_value(command, "--extract", options.extract, optional_value(&JsonPointer::parse),
                  "The answer is the value at a JSON Pointer")
            ->type_name("PTR")
            ->group(group);
    add_value(command, "--match", options.match, optional_value(&Pattern::parse),
              "The answer is the first group of a regular expression (RE2)")
        ->type_name("REGEX")
        ->excludes(extract)
        ->group(group);
    describe_race_rules(command, options);
    refuse_flag_values(command);
}

}  // namespace runnel
