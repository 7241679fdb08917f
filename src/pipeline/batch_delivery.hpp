#pragma once

#include <cstddef>
#include <functional>

#include "async/task.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "http/backoff.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Delivers a batch, with retries after growing random waits (http::Backoff). "Not now" does not
/// count as a retry, because the receiver is working and will accept the batch later.
class BatchDelivery {
public:
    /// Waits, after Verdict::Kind::NoRoom, until there may be resources. Returns false, without a
    /// wait, if nothing frees any: then the next attempt is a retry.
    using MakeRoom = std::function<Task<bool>(const Verdict&)>;
    /// Called before each wait.
    using OnRetry = std::function<void(const Batch&, const Verdict&, Duration wait)>;

    /// \a sink and \a random must outlive this. \a retries is the number of failures after the
    /// first one before a batch is given up.
    BatchDelivery(BatchSink& sink, std::size_t retries, http::Backoff::Random& random,
                  MakeRoom make_room, OnRetry on_retry)
        : sink_(sink),
          retries_(retries),
          random_(random),
          make_room_(std::move(make_room)),
          on_retry_(std::move(on_retry)) {}

    /// Returns the last verdict: Accepted, or Failed or Rejected if \a batch is given up, or
    /// Divided. Counts the attempts in \a batch. An error is that of the sink, or
    /// ErrorClass::Internal if there is no room for an attempt after all retries: no batch can be
    /// delivered then. Cancelled when stop is requested.
    [[nodiscard]] Task<Result<Verdict>> deliver(Batch& batch);

private:
    BatchSink& sink_;
    std::size_t retries_;
    http::Backoff::Random& random_;
    MakeRoom make_room_;
    OnRetry on_retry_;
};

}  // namespace runnel
