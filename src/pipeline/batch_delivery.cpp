#include "pipeline/batch_delivery.hpp"

#include "async/sleep.hpp"

namespace runnel {

namespace {

Result<Verdict> conclusion(Verdict last) {
    if (last.kind() == Verdict::Kind::NoRoom) {
        return Error(ErrorClass::Internal, last.reason());
    }
    return last;
}

}  // namespace

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
        if (kind == Verdict::Kind::NoRoom) {
            --batch.attempts;
            const bool has_room = co_await make_room_(*verdict);
            if (has_room) {
                continue;
            }
        }
        if (kind == Verdict::Kind::Divided) {
            --batch.attempts;
            co_return verdict;
        }
        failures += kind == Verdict::Kind::Failed || kind == Verdict::Kind::NoRoom ? 1 : 0;
        const bool final = kind == Verdict::Kind::Accepted || kind == Verdict::Kind::Rejected;
        if (final || failures > retries_) {
            co_return conclusion(*std::move(verdict));
        }
        const Duration wait = backoff.next();
        on_retry_(batch, *verdict, wait);
        co_await sleep_for(wait);
    }
}

}  // namespace runnel
