#pragma once

#include <memory>
#include <optional>

#include "async/task_group.hpp"
#include "http/attempt_budget.hpp"
#include "http/client.hpp"
#include "http/retry_on.hpp"

namespace runnel::http {

/// Makes a second attempt of a hop that has had no response for a while after it was let out, and
/// takes the first good one of the two; the other is stopped and waited for, which closes its
/// connection (J. Dean and L. A. Barroso, "The Tail at Scale", CACM 2013). Good is what would not
/// be tried again. Neither good: the first one's.
///
/// Only what may be sent twice (is_idempotent). One hop in twenty is hedged, and five in any case.
/// A hedge goes out at once or not at all (SendOptions::now_or_never): it waits for nothing that
/// the first one holds. What the trace tells is that of the attempt that was taken.
class HedgeClient final : public Client {
public:
    /// All arguments must outlive this. With a \a delay of zero nothing is hedged. \a retry_on:
    /// what is not good.
    HedgeClient(Client& next, const Duration& delay, const RetryOn& retry_on,
                Scheduler& scheduler) noexcept
        : next_(next), delay_(delay), retry_on_(retry_on), scheduler_(scheduler) {}

    [[nodiscard]] Task<Result<std::unique_ptr<Response>>> send(const Request& request,
                                                               SendOptions options,
                                                               Trace& trace) override;

    /// Second attempts so far.
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
