#include "app/options/retry_options.hpp"
#include "app/cli/option_table.hpp"

namespace runnel {

void describe_retries(OptionSet& set, http::RetryRules& rules) {
    set.group("Retries");
    set.number(options::kRetry, [&rules](unsigned count) {
        rules.retries = count;
        rules.budgeted = false;
    });
    set.duration(options::kRetryDelay, rules.delay);
    set.duration(options::kRetryMaxTime, rules.max_time);
    set.value(options::kRetryOn, rules.on, &http::RetryOn::parse);
    set.duration(options::kRetryAfterMax, rules.after_max);
    set.flag(options::kNonIdempotent, rules.non_idempotent);
}

}  // namespace runnel
