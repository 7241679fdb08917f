#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "service/check.hpp"

namespace runnel {

/// How many checks in a row must find another state before it counts.
class FlapRules {
public:
    FlapRules() = default;

    std::size_t rise = 1;  ///< From down to up.
    std::size_t fall = 1;  ///< From up to down.
};

/// The states that earlier checks found, by target name. Damps flapping, as `rise` and `fall` of
/// HAProxy do: a single failure among many good checks need not count. The first check of a target
/// always counts, and its state before that is up.
///
/// Stored as JSON: `{"type":"check_state","version":1,"targets":{NAME:{"state":"up|warn|down",
/// "streak":N}}}`. The streak is the number of checks in a row that found another state.
class CheckHistory {
public:
    CheckHistory() = default;

    /// Reads what to_text() wrote. Any other text fails with ErrorClass::BadInput, located.
    [[nodiscard]] static Result<CheckHistory> parse(std::string_view text);
    [[nodiscard]] std::string to_text() const;

    /// Records \a result and applies \a rules to it: sets its state, changed and damped.
    void update(CheckResult& result, const FlapRules& rules);

private:
    class Entry {
    public:
        CheckState state = CheckState::Up;  ///< The state that counts.
        std::size_t streak = 0;             ///< Checks in a row that found another state.
    };

    std::map<std::string, Entry> entries_;
};

}  // namespace runnel
