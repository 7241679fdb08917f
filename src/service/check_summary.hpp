#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/check.hpp"

namespace runnel {

// Parts of the text that several report formats of `check` share.

/// A phase of a request.
class Phase {
public:
    Phase(std::string_view kind, std::string_view title_text, double span)
        : name(kind), title(title_text), seconds(span) {}

    std::string_view name;   ///< As in the blackbox exporter: `resolve`, `connect` and so on.
    std::string_view title;  ///< For people: `dns`, `connect`, `tls`, `first byte`, `transfer`.
    double seconds;
};

/// Returns the phases that were reached, in order. All redirects are one phase.
[[nodiscard]] std::vector<Phase> phases_of(const http::Trace& trace);

/// Returns the total time of the last attempt; zero if it did not finish.
[[nodiscard]] double seconds_of(const CheckResult& result);

/// `200 in 0.120 s` or `connect: refused`, and why it was damped. May contain unescaped text of the
/// server.
[[nodiscard]] std::string summary_of(const CheckResult& result);
/// `ok    expect 2xx: 200`. May contain unescaped text of the server.
[[nodiscard]] std::string line_of(const AssertionResult& assertion);
/// Returns the assertions that do not hold, as one line; empty if all hold.
[[nodiscard]] std::string unmet_assertions(const CheckResult& result);

[[nodiscard]] std::size_t count_up(const std::vector<CheckResult>& results);

/// Returns at most \a most bytes of \a text. If it is longer, it is cut between characters and ends
/// in `...`.
[[nodiscard]] std::string truncated(std::string text, std::size_t most);

}  // namespace runnel
