#include "app/options/retry_options.hpp"

namespace runnel {

namespace {

constexpr OptionText kRetry = {
    "--retry", "N", "Retries of one input (fetch: 2, within a budget; else 0)",
    "Retry an input up to N times. `fetch` retries twice by default, within a budget of one retry "
    "for ten requests (at least ten); N given here has no budget. Other commands do not retry by "
    "default."};
constexpr OptionText kRetryDelay = {
    "--retry-delay", "D", "Fixed wait before each retry (0.25s, doubling)",
    "Wait exactly D before each retry, instead of an exponentially growing time with jitter."};
constexpr OptionText kRetryMaxTime = {
    "--retry-max-time", "D", "Start no attempt later than D after the first",
    "Start no attempt later than D after the first one; unlimited by default."};
constexpr OptionText kRetryOn = {
    "--retry-on", "LIST", "Error classes and statuses to retry after",
    "Retry after these: error classes, statuses, `dns-again` (a temporary failure of the look-up) "
    "or `any`. Default: "
    "`connect,timeout,idle,truncated,dns-again,408,425,429,500,502,503,504`."};
constexpr OptionText kRetryAfterMax = {
    "--retry-after-max", "D", "Longest Retry-After that is respected (5m)",
    "The longest pause that a Retry-After header can ask for; 5m by default. A longer one is not "
    "retried."};
constexpr OptionText kNonIdempotent = {
    "--retry-non-idempotent", "", "Retry POST and others as well",
    "Retry also requests that are not idempotent, such as POST."};

}  // namespace

void describe_retries(OptionSet& set, http::RetryRules& rules) {
    set.group("Retries");
    set.number(kRetry, [&rules](unsigned count) {
        rules.retries = count;
        rules.budgeted = false;
    });
    set.duration(kRetryDelay, rules.delay);
    set.duration(kRetryMaxTime, rules.max_time);
    set.value(kRetryOn, rules.on, &http::RetryOn::parse);
    set.duration(kRetryAfterMax, rules.after_max);
    set.flag(kNonIdempotent, rules.non_idempotent);
}

}  // namespace runnel
