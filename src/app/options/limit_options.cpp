#include "app/options/limit_options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstddef>
#include <optional>
#include <string>

#include "app/cli/option_types.hpp"
#include "base/parse.hpp"

namespace runnel {

void describe_admission_limits(CLI::App& command, AdmissionLimits& limits, Duration& hedge) {
    const std::string group = "Limits";
    const auto set_jobs = [&limits](const std::optional<std::size_t>& count) {
        limits.adaptive = !count;
        limits.jobs = count.value_or(kMostJobsFound);
    };
    const auto parse_jobs = [](const std::string& text) { return parse_count_or("auto", text); };
    add_parsed(command, "-j,-P,--jobs,--parallel-max", parse_jobs, set_jobs,
               fmt::format("Requests at a time ({}); auto: found out for each origin", limits.jobs))
        ->type_name("N|auto")
        ->group(group);
    add_count(command, "--per-host", limits.per_origin,
              "Requests at a time to one origin (no limit)")
        ->group(group);
    const auto set_rate = [&limits](const Rate& rate) { limits.rate = rate; };
    add_parsed(command, "--rate", &parse_rate, set_rate,
               "Requests in a time, such as 100/s (no limit)")
        ->type_name("RATE")
        ->group(group);
    const auto set_host_rate = [&limits](const Rate& rate) { limits.host_rate = rate; };
    add_parsed(command, "--host-rate", &parse_rate, set_host_rate,
               "The same for requests to one origin (no limit)")
        ->type_name("RATE")
        ->group(group);
    const auto set_breaker = [&limits](const std::optional<std::size_t>& count) {
        limits.breaker = count.value_or(0);
    };
    const auto parse_breaker = [](const std::string& text) { return parse_count_or("off", text); };
    add_parsed(command, "--host-breaker", parse_breaker, set_breaker,
               fmt::format("Leave an origin alone after N failures to connect in a row ({})",
                           limits.breaker))
        ->type_name("N|off")
        ->group(group);
    add_duration(command, "--hedge", hedge, "Ask a second time what has had no response for D (no)")
        ->group(group);
}

}  // namespace runnel
