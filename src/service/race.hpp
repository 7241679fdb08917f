#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "async/event.hpp"
#include "async/task_group.hpp"
#include "service/source.hpp"

namespace runnel {

class RaceRules {
public:
    RaceRules() = default;

    /// Delay between the starts of two sources; zero starts all at once.
    Duration stagger = Duration::zero();
    std::size_t quorum = 1;  ///< Number of equal values needed to win.
    bool all = false;        ///< Wait for all sources; requires a quorum of 1.
    http::RetryRules retry;  ///< For each source.
};

/// The state and result of one source in a race.
class RaceAttempt {
public:
    /// Won: the first source to return the winning value. Agreed: returned the same value later.
    /// Valid: returned another value, or there was no quorum. Invalid: the response is not a valid
    /// answer. Failed: no complete response. Cancelled: the race ended first. Pending: not
    /// requested (yet).
    enum class State { Pending, Running, Won, Agreed, Valid, Invalid, Failed, Cancelled };

    explicit RaceAttempt(const Source& asked) : source(&asked) {}

    [[nodiscard]] bool is_answer() const noexcept {
        return state == State::Won || state == State::Agreed || state == State::Valid;
    }
    [[nodiscard]] bool is_over() const noexcept {
        return state != State::Pending && state != State::Running;
    }

    const Source* source;
    State state = State::Pending;
    std::string value;             ///< Set if is_answer().
    std::optional<Error> error;    ///< Set if it is over without an answer.
    TimePoint began;               ///< Start of the request.
    std::optional<Duration> took;  ///< Set if it is over.
};

/// Returns `won`, `agreed` and so on.
[[nodiscard]] std::string_view to_string(RaceAttempt::State state) noexcept;

class Race;

/// Callbacks of a race, called on the loop, until the race is decided. They must not block or
/// throw.
class RaceObserver {
public:
    virtual ~RaceObserver() = default;
    /// A source had a transient failure and is retried after \a wait.
    virtual void retrying(const Source& source, const Error& failure, Duration wait) = 0;
    /// An attempt is over.
    virtual void ended(const RaceAttempt& attempt) = 0;
    /// The race is decided. Called once, with the final attempts, before the requests of the losers
    /// are closed (at the deadline and on a stop request they are closed already).
    virtual void decided(const Race& race) = 0;
};

/// Requests the same value from several sources and takes the first answer, or the first value that
/// a quorum of sources returned. Uses hedged requests ("The Tail at Scale", Dean and Barroso, CACM
/// 2013): sources start one after another, but a source that ends without a valid answer makes the
/// next one start immediately. As many sources as the quorum needs start at the beginning.
///
/// A race has exactly one outcome: once it is decided, attempts that are still running count as
/// cancelled, even if they complete in the same turn of the loop.
class Race {
public:
    /// Answered: there is a winner. NoAnswer: a winner is no longer possible. Deadline,
    /// Interrupted: the deadline or a stop request came first.
    enum class Outcome { Answered, NoAnswer, Deadline, Interrupted };

    /// \a sources are started in this order; there must be at least as many as the quorum. All
    /// references must outlive this.
    Race(const std::vector<Source>& sources, const RaceRules& rules, http::Client& client,
         Scheduler& scheduler, RaceObserver& observer);
    Race(const Race&) = delete;
    Race& operator=(const Race&) = delete;
    ~Race() = default;

    /// Runs the race; may be called once. Ends when the race is decided and all losers are closed.
    /// Cancelled when stop is requested; the outcome is Interrupted then.
    [[nodiscard]] Task<void> run(Deadline deadline);

    /// Set once the race is decided.
    [[nodiscard]] std::optional<Outcome> outcome() const noexcept { return outcome_; }
    [[nodiscard]] const std::vector<RaceAttempt>& attempts() const noexcept { return attempts_; }
    /// Returns the winner; null if there is none.
    [[nodiscard]] const RaceAttempt* winner() const noexcept { return winner_; }
    /// Returns the time from the start to the decision.
    [[nodiscard]] Duration took() const noexcept { return took_; }
    [[nodiscard]] const RaceRules& rules() const noexcept { return rules_; }

private:
    Task<void> run_all();
    Task<void> start_all(TaskGroup& group);
    Task<void> wait_for_start();
    Task<void> run_attempt(RaceAttempt& attempt, TaskGroup& group);
    void finish(RaceAttempt& attempt, Result<std::string> answer);
    void count_answer(RaceAttempt& attempt);
    [[nodiscard]] std::optional<Outcome> final_outcome() const;
    void decide_unless_decided(Outcome outcome);
    void decide(Outcome outcome);

    const RaceRules& rules_;
    Scheduler& scheduler_;
    RaceObserver& observer_;
    SourceClient client_;

    std::vector<RaceAttempt> attempts_;
    std::vector<RaceAttempt*> answers_;  ///< In order of arrival.
    RaceAttempt* winner_ = nullptr;
    std::optional<Outcome> outcome_;
    TimePoint began_;
    Duration took_{};
    std::size_t early_starts_;  ///< Number of sources that may start before the stagger has passed.
    Event early_start_;         ///< Set when early_starts_ grows.
};

}  // namespace runnel
