#include "app/options/limit_options.hpp"

#include <cstddef>
#include <optional>
#include <string>

#include "app/cli/option_table.hpp"
#include "base/parse.hpp"

namespace runnel {

void describe_admission_limits(OptionSet& set, AdmissionLimits& limits, Duration& hedge) {
    set.group("Concurrency");
    const auto parse_jobs = [](const std::string& text) { return parse_count_or("auto", text); };
    set.parsed(options::kJobs, parse_jobs, [&limits](const std::optional<std::size_t>& count) {
        limits.adaptive = !count;
        limits.jobs = count.value_or(kMaxAutoJobs);
    });
    set.count(options::kPerHost, limits.per_origin);
    set.parsed(options::kRate, &parse_rate, [&limits](const Rate& rate) { limits.rate = rate; });
    set.parsed(options::kHostRate, &parse_rate,
               [&limits](const Rate& rate) { limits.host_rate = rate; });
    const auto parse_breaker = [](const std::string& text) { return parse_count_or("off", text); };
    set.parsed(
        options::kBreaker, parse_breaker,
        [&limits](const std::optional<std::size_t>& count) { limits.breaker = count.value_or(0); });
    set.duration(options::kHedge, hedge);
}

}  // namespace runnel
