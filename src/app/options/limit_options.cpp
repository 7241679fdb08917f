#include "app/options/limit_options.hpp"

#include <cstddef>
#include <optional>
#include <string>

#include "base/parse.hpp"

namespace runnel {

namespace {

constexpr OptionText kJobs = {
    "-j,-P,--jobs,--parallel-max", "N|auto", "Requests at a time (50)",
    "Requests at a time; 50 by default. `auto` finds a limit for each origin, see "
    "[Limits](#limits)."};
constexpr OptionText kPerHost = {"--per-host", "N", "Requests at a time to one origin (no limit)",
                                 "Requests at a time to one origin (scheme, host and port); "
                                 "unlimited by default."};
constexpr OptionText kRate = {
    "--rate", "RATE", "Requests per time, such as 100/s (no limit)",
    "Limit the rate of requests, such as `100/s` or `5/m`; unlimited by default."};
constexpr OptionText kHostRate = {
    "--host-rate", "RATE", "The same for each origin (no limit)",
    "Limit the rate of requests to each origin; unlimited by default."};
constexpr OptionText kBreaker = {
    "--host-breaker", "N|off", "Pause an origin after N failed connections (5)",
    "Pause an origin after N failed connections in a row, 5 by default, see [Limits](#limits). "
    "`off`: never."};
constexpr OptionText kHedge = {
    "--hedge", "D", "Send a second request after D without a response",
    "Send a request a second time when it has had no response for D, and take the first response."};

}  // namespace

void describe_admission_limits(OptionSet& set, AdmissionLimits& limits, Duration& hedge) {
    set.group("Concurrency");
    const auto parse_jobs = [](const std::string& text) { return parse_count_or("auto", text); };
    set.parsed(kJobs, parse_jobs, [&limits](const std::optional<std::size_t>& count) {
        limits.adaptive = !count;
        limits.jobs = count.value_or(kMaxAutoJobs);
    });
    set.count(kPerHost, limits.per_origin);
    set.parsed(kRate, &parse_rate, [&limits](const Rate& rate) { limits.rate = rate; });
    set.parsed(kHostRate, &parse_rate, [&limits](const Rate& rate) { limits.host_rate = rate; });
    const auto parse_breaker = [](const std::string& text) { return parse_count_or("off", text); };
    set.parsed(kBreaker, parse_breaker, [&limits](const std::optional<std::size_t>& count) {
        limits.breaker = count.value_or(0);
    });
    set.duration(kHedge, hedge);
}

}  // namespace runnel
