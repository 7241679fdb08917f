#include "app/options/timeout_options.hpp"

#include <CLI/CLI.hpp>

#include "app/cli/option_types.hpp"
#include "base/parse.hpp"

namespace runnel {

void describe_time_limits(CLI::App& command, http::Policy& policy, const std::string& max_time) {
    const std::string group = "Limits";
    add_duration(command, "-m,--max-time", policy.max_time,
                 "Limit of one attempt (" + max_time + ")")
        ->group(group);
    add_duration(command, "--connect-timeout", policy.connect_timeout,
                 "Limit of look-up and connection (10s)")
        ->group(group);
    add_duration(command, "--idle-timeout", policy.idle_timeout, "Limit without a byte (30s)")
        ->group(group);
}

void describe_grace(CLI::App& command, std::optional<Duration>& grace) {
    add_value(command, "--grace", grace, optional_value(&parse_duration),
              "Time to finish after the first signal (none: it ends the run at once)")
        ->type_name("D")
        ->group("Limits");
}

void accept_max_line(CLI::App& command) {
    const auto need_nothing = [](std::uint64_t) {};
    add_parsed(command, "--max-line", &parse_size, need_nothing,
               "Accepted; a body is held whole, and --max-body is its limit")
        ->type_name("SIZE")
        ->group("Limits");
}

void describe_expectation(CLI::App& command, http::StatusSet& expect) {
    add_value(command, "--expect", expect, &http::StatusSet::parse,
              "Statuses that are success: 200,204,3xx or any (2xx)")
        ->type_name("LIST")
        ->group("Requests");
}

}  // namespace runnel
