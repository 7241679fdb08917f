#pragma once

#include <optional>
#include <string_view>

#include "base/deadline.hpp"
#include "base/error.hpp"
#include "http/attempt_budget.hpp"
#include "http/backoff.hpp"
#include "http/retry_on.hpp"

namespace runnel::http {

/// GET, HEAD, PUT, DELETE and OPTIONS: what may be sent twice where it was meant once.
[[nodiscard]] bool is_idempotent(std::string_view method) noexcept;

/// What a run says about retries. A limit of zero is no limit.
class RetryRules {
public:
    RetryRules() = default;

    unsigned retries = 0;                  ///< Per input, at most.
    Duration delay = Duration::zero();     ///< Before each retry, exactly; zero: as Backoff says.
    Duration max_time = Duration::zero();  ///< No attempt begins later than this after the first.
    RetryOn on;
    Duration after_max = std::chrono::minutes(5);  ///< The longest Retry-After that is heeded.
    bool non_idempotent = false;                   ///< Every method may be retried.
    bool budgeted = true;                          ///< See RetryBudget.

    /// How long an origin is left alone whose answer asks for \a retry_after.
    [[nodiscard]] Duration pause_for(Duration retry_after) const noexcept;
};

/// How many retries a run makes: for every ten requests one, and ten in any case.
class RetryBudget final : public AttemptBudget {
public:
    explicit RetryBudget(const RetryRules& rules) noexcept
        : AttemptBudget(10, 10, rules.budgeted) {}
};

/// Decides for one input whether and when it is tried again. Pure: the caller waits.
class Retry {
public:
    /// A request by \a method whose first attempt began at \a began; \a budget counts it. The
    /// references must outlive this.
    Retry(const RetryRules& rules, RetryBudget& budget, Backoff::Random& random,
          std::string_view method, TimePoint began);

    /// The attempt that failed with \a failure and \a status (0 without one) is over at \a now: how
    /// long to wait until the next one, or nothing when the failure is final. \a paused_until: when
    /// the origin may be asked again (Admission); the wait goes on beyond that, so that not all
    /// come back in the same moment. What says yes is paid for from the budget.
    [[nodiscard]] std::optional<Duration> next(const Error& failure, int status, TimePoint now,
                                               std::optional<TimePoint> paused_until);

    /// Attempts so far, with the one that next() allowed last.
    [[nodiscard]] unsigned attempts() const noexcept { return 1 + retries_; }

private:
    const RetryRules& rules_;
    RetryBudget& budget_;
    Backoff backoff_;
    TimePoint began_;
    unsigned allowed_;  ///< Retries; none for what may not be sent twice.
    unsigned retries_ = 0;
};

}  // namespace runnel::http
