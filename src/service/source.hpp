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

/// A service that can be asked for a value, and how to tell an answer from something else.
class Source {
public:
    Source(std::string called, http::Request asked)
        : name(std::move(called)), request(std::move(asked)) {}

    std::string name;
    http::Request request;
    http::StatusSet expect;  ///< Statuses that answers have.
    Extraction extraction;
    std::vector<Validator> validators;  ///< All have to pass, in this order.
};

/// Asks sources, and asks again as the rules for retries allow; the budget is for all together.
class Asker {
public:
    /// Is told that a source failed, and is asked again after that wait. Must not throw.
    using Retrying = std::function<void(const Source&, const Error&, Duration)>;

    /// All references must outlive this. \a retrying may be empty.
    Asker(http::Client& client, const http::RetryRules& rules, Scheduler& scheduler,
          Retrying retrying = {});

    /// The value, or why there is none: what http::Policy::max_body does not allow is none. Nothing
    /// of a refused answer is read on: its connection is closed. \a source must live until then.
    /// Cancelled when stop is requested.
    [[nodiscard]] Task<Result<std::string>> ask(const Source& source);

private:
    [[nodiscard]] Task<Result<std::string>> ask_once(const Source& source, http::Trace& trace);

    http::Client& client_;
    const http::RetryRules& rules_;
    Scheduler& scheduler_;
    Retrying retrying_;
    http::RetryBudget budget_;
    http::Backoff::Random random_;
};

/// Whether a response came in spite of \a failure, and was no answer: an unexpected status, a
/// redirect that is not followed, a body that is too long, that cannot be decoded, without the
/// value, or with another than was asked for.
[[nodiscard]] bool is_invalid_answer(const Error& failure) noexcept;

}  // namespace runnel
