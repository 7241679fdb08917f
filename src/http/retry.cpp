#include "http/retry.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <utility>

namespace runnel::http {

bool is_idempotent(std::string_view method) noexcept {
    constexpr std::array<std::string_view, 5> kIdempotent = {"GET", "HEAD", "PUT", "DELETE",
                                                             "OPTIONS"};
    return std::ranges::find(kIdempotent, method) != kIdempotent.end();
}

Duration RetryRules::pause_for(Duration retry_after) const noexcept {
    return after_max == Duration::zero() ? retry_after : std::min(retry_after, after_max);
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

std::optional<Duration> Retry::next(const Error& failure, int status, TimePoint now,
                                    std::optional<TimePoint> paused_until) {
    if (left_ == 0 || !rules_.on.matches(failure, status)) {
        return std::nullopt;
    }
    const Duration delay = rules_.delay == Duration::zero() ? backoff_.next() : rules_.delay;
    const TimePoint begin = std::max(now, paused_until.value_or(now)) + delay;
    const Deadline latest = Deadline::after(began_, rules_.max_time);
    if (begin > latest.when() || !budget_.try_spend()) {
        return std::nullopt;
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
