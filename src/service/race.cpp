#include "service/race.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "async/context.hpp"
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

/// Returns the error of the attempts that \a outcome cancels.
Error cancellation_error(Race::Outcome outcome) {
    switch (outcome) {
        case Race::Outcome::Deadline: return Error(ErrorClass::Deadline, "the deadline passed");
        case Race::Outcome::Interrupted:
            return Error(ErrorClass::Interrupted, "the race was interrupted");
        case Race::Outcome::Answered:
        case Race::Outcome::NoAnswer: break;
    }
    return Error(ErrorClass::Cancelled, "the race was over");
}

}  // namespace

Race::Race(const std::vector<Source>& sources, const RaceRules& rules, http::Client& client,
           Scheduler& scheduler, RaceObserver& observer)
    : rules_(rules),
      scheduler_(scheduler),
      observer_(observer),
      client_(client, rules.retry, scheduler,
              [this](const Source& source, const Error& failure, Duration wait) {
                  if (!outcome_) {
                      observer_.retrying(source, failure, wait);
                  }
              }),
      attempts_(sources.begin(), sources.end()),
      early_starts_(rules.stagger == Duration::zero() ? sources.size() : rules.quorum) {
    RUNNEL_ENSURE(rules.quorum > 0 && rules.quorum <= sources.size(),
                  "there are fewer sources than the quorum");
    RUNNEL_ENSURE(!rules.all || rules.quorum == 1, "waiting for all requires a quorum of 1");
}

Task<void> Race::run(Deadline deadline) {
    began_ = scheduler_.now();
    Task<void> everything = run_all();
    try {
        const bool in_time = co_await timeout(std::move(everything), deadline);
        static_cast<void>(in_time);  // the race may be decided in the turn of the deadline
    } catch (const Cancelled&) {
        decide_unless_decided(Outcome::Interrupted);
        throw;
    }
    decide_unless_decided(Outcome::Deadline);
}

Task<void> Race::run_all() {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group.start(start_all(group));
    co_await group.join();
}

Task<void> Race::start_all(TaskGroup& group) {
    for (RaceAttempt& attempt : attempts_) {
        co_await wait_for_start();
        if (outcome_) {
            co_return;
        }
        group.start(run_attempt(attempt, group));
    }
}

/// Waits until the next source may start. Called just after the start of the previous one.
Task<void> Race::wait_for_start() {
    const Deadline next = Deadline::within(scheduler_.now(), rules_.stagger);
    while (early_starts_ == 0) {
        early_start_.clear();
        const bool early = co_await early_start_.wait_until(next);
        if (!early) {
            co_return;
        }
    }
    --early_starts_;
}

/// Runs one source to its result. An unexpected exception fails this source only.
Task<void> Race::run_attempt(RaceAttempt& attempt, TaskGroup& group) {
    attempt.state = RaceAttempt::State::Running;
    attempt.began = scheduler_.now();
    Result<std::string> answer = Error(ErrorClass::Internal, "the attempt has no result");
    try {
        answer = co_await client_.fetch(*attempt.source);
    } catch (const std::exception& bug) {
        answer = Error(ErrorClass::Internal, bug.what());
    }
    if (outcome_) {
        co_return;
    }
    finish(attempt, std::move(answer));
    if (const std::optional<Outcome> outcome = final_outcome()) {
        decide(*outcome);
        group.request_stop();
    }
}

void Race::finish(RaceAttempt& attempt, Result<std::string> answer) {
    attempt.took = scheduler_.now() - attempt.began;
    if (answer) {
        attempt.value = *std::move(answer);
        count_answer(attempt);
    } else {
        attempt.state = is_invalid_answer(answer.error()) ? RaceAttempt::State::Invalid
                                                          : RaceAttempt::State::Failed;
        attempt.error = std::move(answer).error();
        ++early_starts_;
        early_start_.set();
    }
    observer_.ended(attempt);
}

/// Once a quorum of answers is equal, makes the first of them the winner.
void Race::count_answer(RaceAttempt& attempt) {
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

/// Returns the outcome if no running attempt can change it any more.
std::optional<Race::Outcome> Race::final_outcome() const {
    const auto left = static_cast<std::size_t>(
        std::ranges::count_if(attempts_, [](const auto& attempt) { return !attempt.is_over(); }));
    if (rules_.all && left > 0) {
        return std::nullopt;
    }
    if (winner_ != nullptr) {
        return Outcome::Answered;
    }
    std::size_t most = 0;
    for (const RaceAttempt* answer : answers_) {
        const auto equal = std::ranges::count_if(
            answers_, [&](const RaceAttempt* other) { return other->value == answer->value; });
        most = std::max(most, static_cast<std::size_t>(equal));
    }
    return most + left < rules_.quorum ? std::optional(Outcome::NoAnswer) : std::nullopt;
}

void Race::decide_unless_decided(Outcome outcome) {
    if (!outcome_) {
        decide(outcome);
    }
}

void Race::decide(Outcome outcome) {
    outcome_ = outcome;
    took_ = scheduler_.now() - began_;
    const Error error = cancellation_error(outcome);
    for (RaceAttempt& attempt : attempts_) {
        if (attempt.state == RaceAttempt::State::Running) {
            attempt.state = RaceAttempt::State::Cancelled;
            attempt.error = error;
            attempt.took = scheduler_.now() - attempt.began;
            observer_.ended(attempt);
        }
    }
    observer_.decided(*this);
}

}  // namespace runnel
