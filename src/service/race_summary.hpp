#pragma once

#include <optional>
#include <string>

#include "service/race.hpp"

namespace runnel {

/// The value that a command reports for a race.
class RaceAnswer {
public:
    RaceAnswer() = default;

    bool ok = false;                   ///< Whether a source returned the value.
    std::optional<std::string> value;  ///< Not set if there is no fallback value either.
    std::string source;                ///< Name of that source; empty if there is none.
};

/// Returns one sentence that says why the decided \a race has no winner.
[[nodiscard]] std::string why_unanswered(const Race& race);

/// Appends \a attempt as members of a JSON object: `"name":…,"url":…,"state":…,"value":…,
/// "error":…,"time_total":…`. The URL is redacted.
void append_members(const RaceAttempt& attempt, std::string& out);

/// Appends \a race as one line of JSON: `{"type":"race","ok":…,"value":…,"source":…,
/// "time_total":…,"attempts":[…]}`, with \a more (`,"key":value`) appended.
void append_json(const Race& race, const RaceAnswer& answer, std::string_view more,
                 std::string& out);

}  // namespace runnel
