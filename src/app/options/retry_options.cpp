#include "app/options/retry_options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "app/cli/option_types.hpp"

namespace runnel {

void describe_retries(CLI::App& command, http::RetryRules& rules) {
    const std::string group = "Retries";
    const auto retries = [&rules](unsigned count) {
        rules.retries = count;
        rules.budgeted = false;
    };
    add_number(command, "--retry", retries,
               fmt::format("Retries of one input ({}, within a budget)", rules.retries))
        ->group(group);
    add_duration(command, "--retry-delay", rules.delay,
                 "Wait exactly so long before each retry (0.25s, doubling, with jitter)")
        ->group(group);
    add_duration(command, "--retry-max-time", rules.max_time,
                 "No attempt begins later than D after the first (none)")
        ->group(group);
    add_value(command, "--retry-on", rules.on, &http::RetryOn::parse,
              "Classes of failure and statuses to retry after")
        ->type_name("LIST")
        ->group(group);
    add_duration(command, "--retry-after-max", rules.after_max,
                 "The longest Retry-After that is heeded (5m)")
        ->group(group);
    command.add_flag("--retry-non-idempotent", rules.non_idempotent, "Retry POST and others, too")
        ->group(group);
}

}  // namespace runnel
