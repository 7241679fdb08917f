#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "service/check.hpp"

namespace runnel {

// What the formats of `check` have in common.

/// A part of the time that a response took.
class Phase {
public:
    Phase(std::string_view kind, std::string_view title, double span)
        : name(kind), words(title), seconds(span) {}

    std::string_view name;   ///< As the blackbox exporter has it: `resolve`, `connect` and so on.
    std::string_view words;  ///< For people: `dns`, `connect`, `tls`, `first byte`, `transfer`.
    double seconds;
};

/// In their order, as far as it came: those of the redirects are one.
[[nodiscard]] std::vector<Phase> phases_of(const http::Trace& trace);

/// Of the last attempt; zero if it was not over.
[[nodiscard]] double seconds_of(const CheckResult& result);

/// `200 in 0.120 s`, `connect: refused`, with what was damped. May hold what a server said.
[[nodiscard]] std::string summary_of(const CheckResult& result);
/// `ok`, `warn` or `FAIL`, the name, and what was expected and seen.
[[nodiscard]] std::string line_of(const Finding& finding);
/// Those that do not hold, as one line; empty: all do.
[[nodiscard]] std::string complaints_of(const CheckResult& result);

/// How many of \a results are up.
[[nodiscard]] std::size_t count_up(const std::vector<CheckResult>& results);

/// \a text, at most so many bytes of it, with whole characters and `...` at its end if it was cut.
[[nodiscard]] std::string cut(std::string text, std::size_t most);

}  // namespace runnel
