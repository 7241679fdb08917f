#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "async/scheduler.hpp"
#include "async/sleep.hpp"
#include "async/task.hpp"
#include "base/deadline.hpp"
#include "base/error.hpp"
#include "base/result.hpp"
#include "http/attempt_budget.hpp"
#include "http/backoff.hpp"
#include "http/request.hpp"
#include "http/retry_on.hpp"
#include "http/trace.hpp"

namespace runnel::http {

/// Whether \a method is GET, HEAD, PUT, DELETE or OPTIONS: sending such a request twice has the
/// same effect as sending it once.
[[nodiscard]] bool is_idempotent(std::string_view method) noexcept;

/// The retry options of a run.
class RetryRules {
public:
    RetryRules() = default;

    unsigned retries = 0;               ///< Maximum number of retries per input.
    Duration delay = Duration::zero();  ///< Fixed wait before each retry; 0 means Backoff.
    /// Maximum time from the start of the first attempt to the start of a retry; 0 means no limit.
    Duration max_time = Duration::zero();
    RetryOn on;
    /// Maximum Retry-After that is respected; 0 means no limit. After a longer one the request is
    /// not retried, and its origin is not paused.
    Duration after_max = std::chrono::minutes(5);
    bool non_idempotent = false;  ///< Retry requests of every method.
    bool budgeted = true;         ///< Apply RetryBudget.

    /// Returns whether \a retry_after is within after_max.
    [[nodiscard]] bool allow_wait(Duration retry_after) const noexcept;
};

/// Allows a run one retry for ten requests; ten retries are always allowed.
class RetryBudget final : public AttemptBudget {
public:
    explicit RetryBudget(const RetryRules& rules) noexcept
        : AttemptBudget(10, 10, rules.budgeted) {}
};

/// Decides for one input whether and when to retry. It does not wait: see Retrier.
class Retry {
public:
    /// Counts a request in \a budget. Its first attempt by \a method began at \a began. The
    /// references must outlive this.
    Retry(const RetryRules& rules, RetryBudget& budget, Backoff::Random& random,
          std::string_view method, TimePoint began);

    /// Returns how long to wait before the next attempt, or \a failure if it is final. If only the
    /// response's Retry-After makes it final, the message then says so. The last attempt ended at
    /// \a now with \a failure and \a trace. \a paused_until is the end of the origin's pause, if
    /// any; the usual wait is added to it, so that not all retries begin at that moment. A retry is
    /// charged to the budget.
    [[nodiscard]] Result<Duration> next(const Error& failure, const Trace& trace, TimePoint now,
                                        std::optional<TimePoint> paused_until);

private:
    const RetryRules& rules_;
    RetryBudget& budget_;
    Backoff backoff_;
    TimePoint began_;
    unsigned left_;  ///< Retries; 0 for requests that must not be sent twice.
};

/// Repeats attempts as the rules say. One for a run, because all its requests share a budget.
class Retrier {
public:
    /// Returns when the pause of an origin ends, if there is one.
    using PausedUntil = std::function<std::optional<TimePoint>(const std::string& origin)>;

    /// \a rules and \a scheduler must outlive this. \a paused_until may be empty.
    Retrier(const RetryRules& rules, Scheduler& scheduler, PausedUntil paused_until = {});

    /// Awaits `attempt()`, a Task<Result<T>>, until it succeeds or its failure is final, and
    /// returns the last result. Each attempt fills in \a trace; no attempt follows one that sets
    /// Trace::delivered. Awaits `before_retry(failure, wait)` before each retry; that task must
    /// wait for the duration \a wait. All arguments must outlive the task.
    template <class Attempt, class BeforeRetry>
    [[nodiscard]] std::invoke_result_t<Attempt&> run(const Request& request, Trace& trace,
                                                     Attempt& attempt, BeforeRetry& before_retry) {
        Retry retry(rules_, budget_, random_, request.method, scheduler_.now());
        for (;;) {
            trace.prepare();
            auto result = co_await attempt();
            if (result || trace.delivered) {
                co_return result;
            }
            const Result<Duration> wait =
                retry.next(result.error(), trace, scheduler_.now(), pause_of(request));
            if (!wait) {
                co_return wait.error();
            }
            co_await before_retry(result.error(), *wait);
        }
    }
    /// A before_retry that only waits.
    [[nodiscard]] static auto sleep(const Error& /*failure*/, Duration wait) noexcept {
        return sleep_for(wait);
    }

    [[nodiscard]] const RetryBudget& budget() const noexcept { return budget_; }

private:
    [[nodiscard]] std::optional<TimePoint> pause_of(const Request& request) const {
        return paused_until_ ? paused_until_(request.url.origin()) : std::nullopt;
    }

    const RetryRules& rules_;
    Scheduler& scheduler_;
    PausedUntil paused_until_;
    RetryBudget budget_;
    Backoff::Random random_;
};

}  // namespace runnel::http
