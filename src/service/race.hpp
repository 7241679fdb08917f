#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "async/event.hpp"
#include "async/task_group.hpp"
#include "service/source.hpp"

namespace runnel {

/// How a race is run.
class RaceRules {
public:
    RaceRules() = default;

    /// The next source is asked so long after the last one; zero: all are asked at once.
    Duration stagger = Duration::zero();
    std::size_t quorum = 1;  ///< So many have to give equal values.
    bool all = false;        ///< Waits for everybody; the quorum is 1 then.
    http::RetryRules retry;  ///< Of each source.
};

/// What became of one source.
class RaceAttempt {
public:
    /// Won: the first who gave the value that counts. Agreed: gave the same later. Valid: gave
    /// another, or too few gave the same. Invalid: gave no answer. Failed: no response. Cancelled:
    /// the race was over. Pending at the end: was never asked.
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
    std::string value;             ///< Of an answer.
    std::optional<Error> error;    ///< Why there is none, of those that are over.
    TimePoint began;               ///< When it was asked.
    std::optional<Duration> took;  ///< Until it was over.
};

/// `won`, `agreed` and so on.
[[nodiscard]] std::string_view to_string(RaceAttempt::State state) noexcept;

class Race;

/// Is told of a race as it goes, from its tasks. Must neither wait nor throw.
class RaceObserver {
public:
    virtual ~RaceObserver() = default;
    // After the race was decided none of these comes any more.

    /// A source failed in a way that a retry may mend, and is asked again after \a wait.
    virtual void retrying(const Source& source, const Error& failure, Duration wait) = 0;
    /// An attempt is over.
    virtual void ended(const RaceAttempt& attempt) = 0;
    /// The race is decided: once, with the attempts as they stay, before losers are closed (those
    /// that a stop cuts off are closed by then).
    virtual void decided(const Race& race) = 0;
};

/// Asks several sources for the same value, and takes the first answer; or the first value that so
/// many gave. The scheme is that of hedged requests ("The Tail at Scale", Dean and Barroso, CACM
/// 2013): each source waits its turn, but one that gave no answer lets the next one begin at once.
/// As many as the quorum needs begin at once, too.
///
/// The race is decided in the turn in which the last thing comes that it needs; what comes later in
/// that turn counts as cancelled, as does what the deadline finds. So there is exactly one outcome.
class Race {
public:
    /// Answered: there is a winner. NoAnswer: nobody is left who could make one. Deadline: it came
    /// first. Interrupted: so did a request to stop.
    enum class End { Answered, NoAnswer, Deadline, Interrupted };

    /// \a sources, at least as many as the quorum, in the order in which they are asked. All must
    /// outlive this. \a client is asked once for each attempt and retry, and follows redirects if
    /// that is wanted.
    Race(const std::vector<Source>& sources, const RaceRules& rules, http::Client& client,
         Scheduler& scheduler, RaceObserver& observer);
    Race(const Race&) = delete;
    Race& operator=(const Race&) = delete;
    ~Race() = default;

    /// Runs the race, once. Ends when it is decided and all losers are gone. Cancelled when stop is
    /// requested, which decides it, too.
    [[nodiscard]] Task<void> run(Deadline deadline);

    /// Nothing while it runs.
    [[nodiscard]] std::optional<End> end() const noexcept { return end_; }
    [[nodiscard]] const std::vector<RaceAttempt>& attempts() const noexcept { return attempts_; }
    /// Null: nobody has won.
    [[nodiscard]] const RaceAttempt* winner() const noexcept { return winner_; }
    /// From the beginning to the decision.
    [[nodiscard]] Duration took() const noexcept { return took_; }
    [[nodiscard]] const RaceRules& rules() const noexcept { return rules_; }

private:
    Task<void> run_all();
    Task<void> start_all(TaskGroup& group);
    Task<void> wait_for_turn();
    Task<void> run_attempt(RaceAttempt& attempt, TaskGroup& group);
    void conclude(RaceAttempt& attempt, Result<std::string> answer);
    void count(RaceAttempt& attempt);
    [[nodiscard]] std::optional<End> verdict() const;
    void decide_unless_decided(End end);
    void decide(End end);

    const RaceRules& rules_;
    Scheduler& scheduler_;
    RaceObserver& observer_;
    Asker asker_;

    std::vector<RaceAttempt> attempts_;
    std::vector<RaceAttempt*> answers_;  ///< In the order in which they came.
    RaceAttempt* winner_ = nullptr;
    std::optional<End> end_;
    TimePoint began_;
    Duration took_{};
    std::size_t at_once_;  ///< So many may begin without waiting for their turn.
    Event hurry_;          ///< Set when there are.
};

}  // namespace runnel
