#include "service/race_summary.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/text.hpp"

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

void append_members(const RaceAttempt& attempt, JsonObjectWriter& object) {
    object.member("name", attempt.source->name);
    object.member("url", attempt.source->request.url.redacted());
    object.member("state", to_string(attempt.state));
    object.member("value", attempt.is_answer() ? std::optional(attempt.value) : std::nullopt);
    object.text_or_null("error", attempt.error ? to_string(attempt.error->error_class()) : "");
    object.seconds("time_total", attempt.took);
}

void append_members(const Race& race, const RaceAnswer& answer, JsonObjectWriter& object) {
    object.member("type", "race");
    object.member("ok", answer.ok);
    object.member("value", answer.value);
    object.text_or_null("source", answer.source);
    object.seconds("time_total", race.took());
    object.begin_array("attempts");
    for (const RaceAttempt& attempt : race.attempts()) {
        object.begin_object();
        append_members(attempt, object);
        object.end_object();
    }
    object.end_array();
}

}  // namespace runnel
