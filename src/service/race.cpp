#include "service/race.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "async/timeout.hpp"
#include "base/ensure.hpp"

namespace runnel {

std::string_view to_string(RaceAttempt::State state) noexcept {
    switch (state) {
        case RaceAttempt::State::Pending: return "pending";
        case RaceAttempt::State::Running: return "running";
        case RaceAttempt::State::Won: return "won";
        case RaceAttempt::State::Agreed: return "agreed";
        case RaceAttempt::State::Valid: return "valid";
        case RaceAttempt::State::Invalid: return "invalid";
        case RaceAttempt::State::Failed: return "failed";
        case RaceAttempt::State::Cancelled: return "cancelled";
    }
    return "";
}

namespace {

/// Why an attempt is cancelled by that end of the race.
Error reason_of(Race::End end) {
    switch (end) {
        case Race::End::Deadline: return Error(ErrorClass::Deadline, "the deadline passed");
        case Race::End::Interrupted:
            return Error(ErrorClass::Interrupted, "the race was interrupted");
        case Race::End::Answered:
        case Race::End::NoAnswer: break;
    }
    return Error(ErrorClass::Cancelled, "the race was over");
}

}  // namespace

Race::Race(const std::vector<Source>& sources, const RaceRules& rules, http::Client& client,
           Scheduler& scheduler, RaceObserver& observer)
    : rules_(rules),
      scheduler_(scheduler),
      observer_(observer),
      asker_(client, rules.retry, scheduler,
             [this](const Source& source, const Error& failure, Duration wait) {
                 if (!end_) {
                     observer_.retrying(source, failure, wait);
                 }
             }),
      attempts_(sources.begin(), sources.end()),
      at_once_(rules.stagger == Duration::zero() ? sources.size() : rules.quorum) {
    RUNNEL_ENSURE(rules.quorum > 0 && rules.quorum <= sources.size(), "a quorum nobody can reach");
    RUNNEL_ENSURE(!rules.all || rules.quorum == 1, "who waits for all needs no quorum");
}

Task<void> Race::run(Deadline deadline) {
    began_ = scheduler_.now();
    Task<void> everything = run_all();
    try {
        const bool in_time = co_await timeout(std::move(everything), deadline);
        static_cast<void>(in_time);  // it may have been decided all the same, in that very turn
    } catch (const Cancelled&) {
        decide_unless_decided(End::Interrupted);
        throw;
    }
    decide_unless_decided(End::Deadline);
}

Task<void> Race::run_all() {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group.start(start_all(group));
    co_await group.join();
}

Task<void> Race::start_all(TaskGroup& group) {
    for (RaceAttempt& attempt : attempts_) {
        co_await wait_for_turn();
        if (end_) {
            co_return;
        }
        group.start(run_attempt(attempt, group));
    }
}

/// The stagger counts from the attempt before, which has just begun.
Task<void> Race::wait_for_turn() {
    const Deadline turn = Deadline::within(scheduler_.now(), rules_.stagger);
    while (at_once_ == 0) {
        hurry_.clear();
        const bool hurried = co_await hurry_.wait_until(turn);
        if (!hurried) {
            co_return;
        }
    }
    --at_once_;
}

/// From its beginning to what came of it. A surprise is the source's own, and disturbs nobody.
Task<void> Race::run_attempt(RaceAttempt& attempt, TaskGroup& group) {
    attempt.state = RaceAttempt::State::Running;
    attempt.began = scheduler_.now();
    Result<std::string> answer = Error(ErrorClass::Internal, "no answer was made");
    try {
        answer = co_await asker_.ask(*attempt.source);
    } catch (const std::exception& bug) {
        answer = Error(ErrorClass::Internal, bug.what());
    }
    if (end_) {
        co_return;
    }
    conclude(attempt, std::move(answer));
    if (const std::optional<End> end = verdict()) {
        decide(*end);
        group.request_stop();
    }
}

void Race::conclude(RaceAttempt& attempt, Result<std::string> answer) {
    attempt.took = scheduler_.now() - attempt.began;
    if (answer) {
        attempt.value = *std::move(answer);
        count(attempt);
    } else {
        attempt.state = is_invalid_answer(answer.error()) ? RaceAttempt::State::Invalid
                                                          : RaceAttempt::State::Failed;
        attempt.error = std::move(answer).error();
        ++at_once_;
        hurry_.set();
    }
    observer_.ended(attempt);
}

/// Makes the first of those with equal values the winner, once there are enough of them.
void Race::count(RaceAttempt& attempt) {
    attempt.state = RaceAttempt::State::Valid;
    answers_.push_back(&attempt);
    if (winner_ != nullptr) {
        if (winner_->value == attempt.value) {
            attempt.state = RaceAttempt::State::Agreed;
        }
        return;
    }
    std::vector<RaceAttempt*> equal;
    std::ranges::copy_if(answers_, std::back_inserter(equal),
                         [&](const RaceAttempt* other) { return other->value == attempt.value; });
    if (equal.size() < rules_.quorum) {
        return;
    }
    winner_ = equal.front();
    for (RaceAttempt* agreeing : equal) {
        agreeing->state = RaceAttempt::State::Agreed;
    }
    winner_->state = RaceAttempt::State::Won;
}

/// How it ends, if nothing that is to come can change it.
std::optional<Race::End> Race::verdict() const {
    const auto left = static_cast<std::size_t>(
        std::ranges::count_if(attempts_, [](const auto& attempt) { return !attempt.is_over(); }));
    if (rules_.all && left > 0) {
        return std::nullopt;
    }
    if (winner_ != nullptr) {
        return End::Answered;
    }
    std::size_t most = 0;
    for (const RaceAttempt* answer : answers_) {
        const auto equal = std::ranges::count_if(
            answers_, [&](const RaceAttempt* other) { return other->value == answer->value; });
        most = std::max(most, static_cast<std::size_t>(equal));
    }
    return most + left < rules_.quorum ? std::optional(End::NoAnswer) : std::nullopt;
}

void Race::decide_unless_decided(End end) {
    if (!end_) {
        decide(end);
    }
}

void Race::decide(End end) {
    end_ = end;
    took_ = scheduler_.now() - began_;
    const Error reason = reason_of(end);
    for (RaceAttempt& attempt : attempts_) {
        if (attempt.state == RaceAttempt::State::Running) {
            attempt.state = RaceAttempt::State::Cancelled;
            attempt.error = reason;
            attempt.took = scheduler_.now() - attempt.began;
            observer_.ended(attempt);
        }
    }
    observer_.decided(*this);
}

}  // namespace runnel
