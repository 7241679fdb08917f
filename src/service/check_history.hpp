#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "service/check.hpp"

namespace runnel {

/// How often in a row a target has to be found otherwise before that counts.
class FlapRules {
public:
    FlapRules() = default;

    std::size_t rise = 1;  ///< Up, after it was down.
    std::size_t fall = 1;  ///< Down, after it was up.
};

/// What earlier checks have found, by the names of the targets, so that one failure among many good
/// checks need not count (`rise` and `fall` of HAProxy). A target that is not known is what it is
/// found to be, and counts as having been up.
///
/// As text it is JSON: `{"type":"check_state","version":1,"targets":{NAME:{"state":"up|warn|down",
/// "streak":N}}}`, where the streak are the checks in a row that found it otherwise.
class CheckHistory {
public:
    CheckHistory() = default;

    /// Fails with ErrorClass::BadInput, located, for anything that to_text() has not made.
    [[nodiscard]] static Result<CheckHistory> parse(std::string_view text);
    [[nodiscard]] std::string to_text() const;

    /// Takes in what was found, and makes of it what counts: sets state, changed and damped of
    /// \a result.
    void settle(CheckResult& result, const FlapRules& rules);

private:
    class Entry {
    public:
        CheckState state = CheckState::Up;  ///< What counts.
        std::size_t streak = 0;             ///< Checks in a row that found it otherwise.
    };

    std::map<std::string, Entry> entries_;
};

}  // namespace runnel
