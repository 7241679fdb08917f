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

/// A URL to request, or a TCP port to connect to (http::Request::connect_only).
class CheckTarget {
public:
    CheckTarget(std::string called, std::string shown, http::Request asked, Assertions asserted)
        : name(std::move(called)),
          url(std::move(shown)),
          request(std::move(asked)),
          assertions(std::move(asserted)) {}

    std::string name;  ///< Unique among the targets.
    std::string url;   ///< For people: `https://…`, `tcp://…`, without a password.
    http::Request request;
    Assertions assertions;
};

/// Warn counts as up.
enum class CheckState { Up, Warn, Down };

/// `up`, `warn`, `down`
[[nodiscard]] std::string_view to_string(CheckState state) noexcept;

/// The result of checking one target.
class CheckResult {
public:
    explicit CheckResult(const CheckTarget& checked) : target(&checked) {}

    /// Evaluates the assertions of \a checked against \a seen. The error is, in this order: the
    /// failure of the request, an unexpected status (ErrorClass::HttpStatus), the first other
    /// failed assertion (ErrorClass::Expect).
    [[nodiscard]] static CheckResult evaluate(const CheckTarget& checked, Observation seen);

    [[nodiscard]] bool is_up() const noexcept { return state != CheckState::Down; }
    /// Whether no attempt has finished yet.
    [[nodiscard]] bool is_unfinished() const noexcept { return !is_up() && !error; }
    /// Turns an unfinished result into a failure with \a why.
    void abort(const Error& why);
    /// For `--invert`: turns down into up and up into down.
    void invert();

    const CheckTarget* target;
    CheckState state = CheckState::Down;
    std::optional<Error> error;  ///< Of the last attempt; not set if it succeeded.
    std::vector<AssertionResult> assertions;
    Observation seen;  ///< Of the last attempt, or of the interrupted one so far; without the body.
    unsigned attempts = 0;

    // Set by CheckHistory.
    std::optional<bool> changed;  ///< Whether the state differs from that of the previous check.
    std::string damped;  ///< Why the state differs from the observed one; empty if it does not.
};

/// Checks targets and retries as the rules allow. The retry budget is shared by all targets.
class Checker {
public:
    /// \a invert: a target that is down is good. All references must outlive this.
    Checker(http::Client& client, const http::RetryRules& rules, bool invert, Scheduler& scheduler);

    /// Checks \a target, retries included. Both arguments must live until the task ends. \a result
    /// holds the last finished attempt at any time. Cancelled when stop is requested; a result that
    /// is unfinished then gets what was observed so far.
    [[nodiscard]] Task<void> check(const CheckTarget& target, CheckResult& result);

private:
    [[nodiscard]] Task<Result<void>> attempt(const CheckTarget& target, http::Trace& trace,
                                             unsigned number, CheckResult& result);
    [[nodiscard]] Task<void> observe(const CheckTarget& target, Observation& seen);
    [[nodiscard]] Task<Result<void>> read_body(const CheckTarget& target, http::Response& response,
                                               Observation& seen);

    http::Client& client_;
    bool invert_;
    http::Retrier retrier_;
};

}  // namespace runnel
