#include "http/retry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <random>
#include <utility>

#include "base/text.hpp"

namespace runnel::http {

namespace {

Error retry_after_too_long(const Error& failure, Duration retry_after, Duration limit) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_after);
    return Error(
        failure.error_class(),
        fmt::format("{}; Retry-After is {} s, longer than --retry-after-max ({} s): not retried",
                    failure.message(), seconds.count(), to_seconds(limit)),
        failure.code());
}

}  // namespace

bool is_idempotent(std::string_view method) noexcept {
    constexpr std::array<std::string_view, 5> kIdempotent = {"GET", "HEAD", "PUT", "DELETE",
                                                             "OPTIONS"};
    return std::ranges::find(kIdempotent, method) != kIdempotent.end();
}

bool RetryRules::allow_wait(Duration retry_after) const noexcept {
    return after_max == Duration::zero() || retry_after <= after_max;
}

Retry::Retry(const RetryRules& rules, RetryBudget& budget, Backoff::Random& random,
             std::string_view method, TimePoint began)
    : rules_(rules),
      budget_(budget),
      backoff_(random),
      began_(began),
      left_(rules.non_idempotent || is_idempotent(method) ? rules.retries : 0) {
    budget_.count_request();
}

Result<Duration> Retry::next(const Error& failure, const Trace& trace, TimePoint now,
                             std::optional<TimePoint> paused_until) {
    if (left_ == 0 || !rules_.on.matches(failure, trace.status)) {
        return failure;
    }
    if (!rules_.allow_wait(trace.retry_after)) {
        return retry_after_too_long(failure, trace.retry_after, rules_.after_max);
    }
    const Duration delay = rules_.delay == Duration::zero() ? backoff_.next() : rules_.delay;
    const TimePoint begin = std::max(now, paused_until.value_or(now)) + delay;
    const Deadline latest = Deadline::after(began_, rules_.max_time);
    if (begin > latest.when() || !budget_.try_spend()) {
        return failure;
    }
    --left_;
    return begin - now;
}

Retrier::Retrier(const RetryRules& rules, Scheduler& scheduler, PausedUntil paused_until)
    : rules_(rules),
      scheduler_(scheduler),
      paused_until_(std::move(paused_until)),
      budget_(rules),
      random_(std::random_device()()) {}

}  // namespace runnel::http
