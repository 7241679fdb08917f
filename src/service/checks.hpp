#pragma once

#include <vector>

#include "async/task_group.hpp"
#include "service/check.hpp"

namespace runnel {

/// Callbacks of Checks, called on the loop. They must not block or throw.
class CheckObserver {
public:
    virtual ~CheckObserver() = default;
    /// All targets have been checked once.
    virtual void round_ended(const std::vector<CheckResult>& results) = 0;
};

/// Checks targets concurrently, once or repeatedly until all are up.
///
/// When the deadline or a stop request interrupts a check, its result is that of the last finished
/// attempt, of any round. Without one the target is down with ErrorClass::Deadline or Interrupted.
class Checks {
public:
    /// All references must outlive this.
    Checks(const std::vector<CheckTarget>& targets, Checker& checker, Scheduler& scheduler,
           CheckObserver& observer);
    Checks(const Checks&) = delete;
    Checks& operator=(const Checks&) = delete;
    ~Checks() = default;

    /// Checks all targets once. Cancelled when stop is requested.
    [[nodiscard]] Task<void> run(Deadline deadline);
    /// Repeats rounds until one finds all targets up. A round starts \a interval after the start of
    /// the previous one, or when that one ends if it takes longer. Cancelled when stop is
    /// requested.
    [[nodiscard]] Task<void> run_until_up(Deadline deadline, Duration interval);

    /// In the order of the targets.
    [[nodiscard]] const std::vector<CheckResult>& results() const noexcept { return results_; }
    [[nodiscard]] std::vector<CheckResult>& results() noexcept { return results_; }
    [[nodiscard]] bool all_up() const noexcept;
    /// Whether the deadline passed before the end.
    [[nodiscard]] bool deadline_passed() const noexcept { return deadline_passed_; }

private:
    Task<void> run_within(Deadline deadline, Task<void> checking);
    void abort_unfinished(const Error& why);
    Task<void> run_rounds(Duration interval);
    Task<void> run_round();
    Task<void> start_all(TaskGroup& group);
    Task<void> check_one(std::size_t index);

    const std::vector<CheckTarget>& targets_;
    Checker& checker_;
    Scheduler& scheduler_;
    CheckObserver& observer_;
    std::vector<CheckResult> results_;
    bool deadline_passed_ = false;
};

}  // namespace runnel
