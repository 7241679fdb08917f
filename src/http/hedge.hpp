#pragma once

#include <memory>
#include <optional>

#include "async/task_group.hpp"
#include "http/attempt_budget.hpp"
#include "http/client.hpp"
#include "http/retry_on.hpp"

namespace runnel::http {

/// Sends a second attempt (a hedge) of a hop if there is no response within a delay after the first
/// got its permit, and returns the first good response of the two; the other attempt is stopped and
/// awaited, which closes its connection (J. Dean and L. A. Barroso, "The Tail at Scale", CACM
/// 2013). A response is good unless it would be retried. If neither is good, returns the first
/// attempt's.
///
/// Only idempotent requests are hedged: at most one hop in twenty; five hedges are always allowed.
/// A hedge does not wait for a permit (SendOptions::now_or_never), because the first attempt holds
/// one. The trace is that of the returned response.
class HedgeClient final : public Client {
public:
    /// All arguments must outlive this. A \a delay of 0 disables hedging. Responses that match
    /// \a retry_on are not good.
    HedgeClient(Client& next, const Duration& delay, const RetryOn& retry_on,
                Scheduler& scheduler) noexcept
        : next_(next), delay_(delay), retry_on_(retry_on), scheduler_(scheduler) {}

    [[nodiscard]] Task<Result<std::unique_ptr<Response>>> send(const Request& request,
                                                               SendOptions options,
                                                               Trace& trace) override;

    /// Number of second attempts.
    [[nodiscard]] std::uint64_t hedges() const noexcept { return budget_.spent(); }

private:
    using Answer = std::optional<Result<std::unique_ptr<Response>>>;
    class Pair;
    class HedgeResponse;

    [[nodiscard]] Task<Result<std::unique_ptr<Response>>> send_twice(const Request& request,
                                                                     SendOptions options,
                                                                     Trace& trace);
    [[nodiscard]] Task<void> wait_until_due(const Trace& first);
    [[nodiscard]] bool is_good(const Answer& answer) const;

    Client& next_;
    const Duration& delay_;
    const RetryOn& retry_on_;
    Scheduler& scheduler_;
    AttemptBudget budget_{20, 5};
};

}  // namespace runnel::http
