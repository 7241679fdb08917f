#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/client.hpp"
#include "http/retry.hpp"
#include "service/assertions.hpp"
#include "service/observation.hpp"

namespace runnel {

/// Something that has to be up: a URL that is asked for, or a TCP port that is connected to
/// (http::Request::connect_only).
class CheckTarget {
public:
    CheckTarget(std::string called, std::string shown, http::Request asked, Assertions asserted)
        : name(std::move(called)),
          url(std::move(shown)),
          request(std::move(asked)),
          assertions(std::move(asserted)) {}

    std::string name;  ///< No two have the same.
    std::string url;   ///< For people: `https://…`, `tcp://…`, without a password.
    http::Request request;
    Assertions assertions;
};

/// How a target is found. Warn counts as up.
enum class CheckState { Up, Warn, Down };

/// `up`, `warn`, `down`
[[nodiscard]] std::string_view to_string(CheckState state) noexcept;

/// What came of checking one target.
class CheckResult {
public:
    explicit CheckResult(const CheckTarget& checked) : target(&checked) {}

    /// What \a seen means for \a checked. An error is the first of: there is no whole response
    /// (unless that is so because it is too large, and was not to be), an unexpected status
    /// (ErrorClass::HttpStatus), another assertion that failed (Expect).
    [[nodiscard]] static CheckResult judged(const CheckTarget& checked, Observation seen);

    [[nodiscard]] bool is_up() const noexcept { return state != CheckState::Down; }
    /// No attempt has ended.
    [[nodiscard]] bool is_open() const noexcept { return !is_up() && !error; }
    /// What is open is down, because of \a why.
    void give_up(const Error& why);
    /// The opposite, for `--invert`: what is down is as it should be, and what is up is down.
    void invert();

    const CheckTarget* target;
    CheckState state = CheckState::Down;
    std::optional<Error> error;  ///< Of the last attempt; none when it was good.
    std::vector<Finding> findings;
    Observation seen;  ///< In the last attempt, or so far in the one that was cut off; no body.
    unsigned attempts = 0;

    // With a history of checks: see CheckHistory.
    std::optional<bool> changed;  ///< Whether the state was another one the last time.
    std::string damped;           ///< Why the state is not what was seen; empty: it is.
};

/// Checks targets, and checks again as the rules for retries allow; the budget is for all together.
class Checker {
public:
    /// \a invert: what is down is good. All must outlive this.
    Checker(http::Client& client, const http::RetryRules& rules, bool invert, Scheduler& scheduler);

    /// All attempts on \a target; both must live until then. \a result is what came of the last one
    /// that has ended; it stays as it was until then. Cancelled when stop is requested: what is
    /// still open then has what was seen so far.
    [[nodiscard]] Task<void> check(const CheckTarget& target, CheckResult& result);

private:
    [[nodiscard]] Task<void> look(const CheckTarget& target, Observation& seen);
    [[nodiscard]] Task<Result<void>> read_body(const CheckTarget& target, http::Response& response,
                                               Observation& seen);

    http::Client& client_;
    const http::RetryRules& rules_;
    bool invert_;
    Scheduler& scheduler_;
    http::RetryBudget budget_;
    http::Backoff::Random random_;
};

}  // namespace runnel
