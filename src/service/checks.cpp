#include "service/checks.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "async/context.hpp"
#include "async/sleep.hpp"
#include "async/timeout.hpp"

namespace runnel {

namespace {

/// Number of checks to start in one turn of the loop: some milliseconds.
constexpr std::size_t kStartedAtOnce = 32;

}  // namespace

Checks::Checks(const std::vector<CheckTarget>& targets, Checker& checker, Scheduler& scheduler,
               CheckObserver& observer)
    : targets_(targets),
      checker_(checker),
      scheduler_(scheduler),
      observer_(observer),
      results_(targets.begin(), targets.end()) {}

bool Checks::all_up() const noexcept {
    return std::ranges::all_of(results_, [](const CheckResult& result) { return result.is_up(); });
}

Task<void> Checks::run(Deadline deadline) { return run_within(deadline, run_round()); }

Task<void> Checks::run_until_up(Deadline deadline, Duration interval) {
    return run_within(deadline, run_rounds(interval));
}

Task<void> Checks::run_within(Deadline deadline, Task<void> checking) {
    try {
        const bool in_time = co_await timeout(std::move(checking), deadline);
        deadline_passed_ = !in_time;
    } catch (const Cancelled&) {
        abort_unfinished(
            Error(ErrorClass::Interrupted, "a signal interrupted the check before a response"));
        throw;
    }
    if (deadline_passed_) {
        abort_unfinished(Error(ErrorClass::Deadline, "the deadline passed before a response"));
    }
}

void Checks::abort_unfinished(const Error& why) {
    for (CheckResult& result : results_) {
        if (result.is_unfinished()) {
            result.abort(why);
        }
    }
}

Task<void> Checks::run_rounds(Duration interval) {
    for (;;) {
        const Deadline next = Deadline::within(scheduler_.now(), interval);
        co_await run_round();
        if (all_up()) {
            co_return;
        }
        co_await sleep_until(next);
    }
}

Task<void> Checks::run_round() {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group.start(start_all(group));
    co_await group.join();
    observer_.round_ended(results_);
}

/// Lets the loop run between the starts, so that many targets do not hold up the deadline, signals
/// and the first responses.
Task<void> Checks::start_all(TaskGroup& group) {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
        group.start(check_one(i));
        if (i % kStartedAtOnce == kStartedAtOnce - 1) {
            co_await sleep_for(Duration::zero());
        }
    }
}

/// An unexpected exception fails this target only.
Task<void> Checks::check_one(std::size_t index) {
    try {
        co_await checker_.check(targets_[index], results_[index]);
    } catch (const std::exception& bug) {
        results_[index] = CheckResult(targets_[index]);
        results_[index].error = Error(ErrorClass::Internal, bug.what());
    }
}

}  // namespace runnel
