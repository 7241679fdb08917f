#include "service/race_summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/text.hpp"
#include "json/escape.hpp"

namespace runnel {

namespace {

using State = RaceAttempt::State;

/// The number of sources that returned a value.
class Tally {
public:
    explicit Tally(std::string counted) : value(std::move(counted)) {}

    std::string value;
    std::size_t count = 0;
};

/// Sorted by count, largest first.
std::vector<Tally> tallies_of(const Race& race) {
    std::vector<Tally> tallies;
    for (const RaceAttempt& attempt : race.attempts()) {
        if (!attempt.is_answer()) {
            continue;
        }
        auto known = std::ranges::find(tallies, attempt.value, &Tally::value);
        if (known == tallies.end()) {
            tallies.emplace_back(attempt.value);
            known = std::prev(tallies.end());
        }
        ++known->count;
    }
    std::ranges::stable_sort(tallies, std::greater<>(), &Tally::count);
    return tallies;
}

/// Counts the sources without a result.
std::size_t count_unfinished(const Race& race) {
    return static_cast<std::size_t>(
        std::ranges::count_if(race.attempts(), [](const RaceAttempt& attempt) {
            return attempt.state == State::Cancelled || attempt.state == State::Pending;
        }));
}

std::string no_quorum(const Race& race, const std::vector<Tally>& tallies) {
    std::vector<std::string> votes;
    votes.reserve(tallies.size() + 1);
    for (const Tally& tally : tallies) {
        votes.push_back(fmt::format("{} for \"{}\"", tally.count, abbreviated(tally.value)));
    }
    const std::size_t left = count_unfinished(race);
    const bool tie = left == 0 && tallies.size() > 1 && tallies[0].count == tallies[1].count;
    if (left > 0) {
        votes.push_back(fmt::format("{} not waited for", left));
    }
    return fmt::format("{}no {} equal answers: {}", tie ? "a tie, " : "", race.rules().quorum,
                       fmt::join(votes, ", "));
}

void append_string_or_null(std::string& out, std::string_view text) {
    if (text.empty()) {
        out += "null";
    } else {
        append_json_string(out, text);
    }
}

void append_value(std::string& out, const std::optional<std::string>& value) {
    if (value) {
        append_json_string(out, *value);
    } else {
        out += "null";
    }
}

void append_seconds(std::string& out, Duration time) {
    fmt::format_to(std::back_inserter(out), "{:.6f}", std::chrono::duration<double>(time).count());
}

}  // namespace

std::string why_unanswered(const Race& race) {
    const std::size_t all = race.attempts().size();
    if (race.outcome() == Race::Outcome::Deadline || race.outcome() == Race::Outcome::Interrupted) {
        return fmt::format("{} before {} of {} sources had answered",
                           race.outcome() == Race::Outcome::Deadline ? "the deadline passed"
                                                                     : "the race was interrupted",
                           count_unfinished(race), all);
    }
    const std::vector<Tally> tallies = tallies_of(race);
    return tallies.empty() ? fmt::format("none of {} sources gave an answer", all)
                           : no_quorum(race, tallies);
}

void append_members(const RaceAttempt& attempt, std::string& out) {
    out += "\"name\":";
    append_json_string(out, attempt.source->name);
    out += ",\"url\":";
    append_json_string(out, attempt.source->request.url.redacted());
    fmt::format_to(std::back_inserter(out),
                   ",\"state\":\"{}\",\"value\":", to_string(attempt.state));
    append_value(out, attempt.is_answer() ? std::optional(attempt.value) : std::nullopt);
    out += ",\"error\":";
    append_string_or_null(out, attempt.error ? to_string(attempt.error->error_class()) : "");
    out += ",\"time_total\":";
    if (attempt.took) {
        append_seconds(out, *attempt.took);
    } else {
        out += "null";
    }
}

void append_json(const Race& race, const RaceAnswer& answer, std::string_view more,
                 std::string& out) {
    fmt::format_to(std::back_inserter(out), R"({{"type":"race","ok":{},"value":)", answer.ok);
    append_value(out, answer.value);
    out += ",\"source\":";
    append_string_or_null(out, answer.source);
    out += ",\"time_total\":";
    append_seconds(out, race.took());
    out += ",\"attempts\":[";
    std::string_view separator;
    for (const RaceAttempt& attempt : race.attempts()) {
        out += separator;
        separator = ",";
        out += '{';
        append_members(attempt, out);
        out += '}';
    }
    out += ']';
    out += more;
    out += "}\n";
}

}  // namespace runnel
