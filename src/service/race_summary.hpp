#pragma once

#include <optional>
#include <string>

#include "json/object_writer.hpp"
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

/// Appends name, url (redacted), state, value, error and time_total of \a attempt.
void append_members(const RaceAttempt& attempt, JsonObjectWriter& object);

/// Appends type, ok, value, source, time_total and attempts of \a race.
void append_members(const Race& race, const RaceAnswer& answer, JsonObjectWriter& object);

}  // namespace runnel
