#pragma once

#include <cstddef>
#include <functional>

#include "async/task.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "http/backoff.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Attempts to deliver a batch until one is accepted or no more may be made, with a growing random
/// wait between them (http::Backoff). "Not now" does not count in the limit of retries: whoever
/// says so has taken care of what it was given, and will take it later.
class BatchDelivery {
public:
    /// Told before each wait.
    using OnRetry = std::function<void(const Batch&, const Verdict&, Duration wait)>;

    /// \a sink and \a random must outlive this. \a retries: after so many failures, beside the
    /// first, a batch is given up.
    BatchDelivery(BatchSink& sink, std::size_t retries, http::Backoff::Random& random,
                  OnRetry on_retry)
        : sink_(sink), retries_(retries), random_(random), on_retry_(std::move(on_retry)) {}

    /// Gives the last verdict: Accepted, or Failed or Rejected, by which \a batch is given up. It
    /// counts its attempts itself. An error is that of the sink. Cancelled when stop is requested.
    [[nodiscard]] Task<Result<Verdict>> deliver(Batch& batch);

private:
    BatchSink& sink_;
    std::size_t retries_;
    http::Backoff::Random& random_;
    OnRetry on_retry_;
};

}  // namespace runnel
