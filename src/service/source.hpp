#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "http/client.hpp"
#include "http/expect.hpp"
#include "http/retry.hpp"
#include "service/extraction.hpp"
#include "service/validator.hpp"

namespace runnel {

/// A web service that returns a value, and the conditions of a valid answer.
class Source {
public:
    Source(std::string called, http::Request asked)
        : name(std::move(called)), request(std::move(asked)) {}

    std::string name;
    http::Request request;
    http::StatusSet expect;  ///< Statuses of an answer.
    Extraction extraction;
    std::vector<Validator> validators;  ///< All must accept the value; applied in this order.
};

/// Fetches values from sources and retries as the rules allow. The retry budget is shared by all
/// sources.
class SourceClient {
public:
    /// Called when a source failed and is retried after the given wait. Must not throw.
    using Retrying = std::function<void(const Source&, const Error&, Duration)>;

    /// All references must outlive this. \a retrying may be empty.
    SourceClient(http::Client& client, const http::RetryRules& rules, Scheduler& scheduler,
                 Retrying retrying = {});

    /// Returns the value of \a source, which must live until the task ends. A body larger than
    /// http::Policy::max_body fails. The connection of a refused response is closed. Cancelled when
    /// stop is requested.
    [[nodiscard]] Task<Result<std::string>> fetch(const Source& source);

private:
    [[nodiscard]] Task<Result<std::string>> fetch_once(const Source& source, http::Trace& trace);

    http::Client& client_;
    Retrying retrying_;
    http::Retrier retrier_;
};

/// Whether \a failure means a response that is not a valid answer: an unexpected status, a redirect
/// that is not followed, a body that is too large or cannot be decoded, or one without a valid
/// value.
[[nodiscard]] bool is_invalid_answer(const Error& failure) noexcept;

}  // namespace runnel
