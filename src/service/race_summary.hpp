#pragma once

#include <optional>
#include <string>

#include "service/race.hpp"

namespace runnel {

/// What a race comes to for the one who asked.
class RaceAnswer {
public:
    RaceAnswer() = default;

    bool ok = false;                   ///< A source gave it.
    std::optional<std::string> value;  ///< None: there is none, not even to fall back to.
    std::string source;                ///< Who gave it; empty: nobody.
};

/// Why nobody has won \a race, which is over, in one sentence.
[[nodiscard]] std::string why_unanswered(const Race& race);

/// Appends \a attempt as members of a JSON object: `"name":…,"url":…,"state":…,"value":…,
/// "error":…,"time_total":…`. Secrets are left out of the URL.
void append_members(const RaceAttempt& attempt, std::string& out);

/// Appends \a race as one line of JSON: `{"type":"race","ok":…,"value":…,"source":…,
/// "time_total":…,"attempts":[…]}`, with \a more (`,"key":value`) at its end.
void append_json(const Race& race, const RaceAnswer& answer, std::string_view more,
                 std::string& out);

}  // namespace runnel
