#include "pipeline/batch_delivery.hpp"

#include "async/sleep.hpp"

namespace runnel {

Task<Result<Verdict>> BatchDelivery::deliver(Batch& batch) {
    const Context& context = co_await this_task::context();
    http::Backoff backoff(random_);
    std::size_t failures = 0;
    for (;;) {
        if (context.stop.stop_requested()) {
            throw Cancelled();
        }
        ++batch.attempts;
        Result<Verdict> verdict = co_await sink_.deliver(batch);
        if (!verdict) {
            co_return verdict;
        }
        const Verdict::Kind kind = verdict->kind();
        failures += kind == Verdict::Kind::Failed ? 1 : 0;
        const bool transient = kind == Verdict::Kind::Failed || kind == Verdict::Kind::NotNow;
        if (!transient || failures > retries_) {
            co_return verdict;
        }
        const Duration wait = backoff.next();
        on_retry_(batch, *verdict, wait);
        co_await sleep_for(wait);
    }
}

}  // namespace runnel
