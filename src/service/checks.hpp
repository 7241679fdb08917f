#pragma once

#include <vector>

#include "async/task_group.hpp"
#include "service/check.hpp"

namespace runnel {

/// Is told of checks as they go, from their tasks. Must neither wait nor throw.
class CheckObserver {
public:
    virtual ~CheckObserver() = default;
    /// All targets were checked once more.
    virtual void round_ended(const std::vector<CheckResult>& results) = 0;
};

/// Checks targets side by side, once or until all are up at a time.
///
/// What the deadline or a request to stop finds under way is what its last attempt was, in an
/// earlier round or in this one; without any it is down with ErrorClass::Deadline or Interrupted.
class Checks {
public:
    /// All must outlive this.
    Checks(const std::vector<CheckTarget>& targets, Checker& checker, Scheduler& scheduler,
           CheckObserver& observer);
    Checks(const Checks&) = delete;
    Checks& operator=(const Checks&) = delete;
    ~Checks() = default;

    /// Checks all once. Cancelled when stop is requested.
    [[nodiscard]] Task<void> run(Deadline deadline);
    /// Checks all until all are up at once; a round begins \a interval after the one before, or
    /// when that has ended. Cancelled when stop is requested.
    [[nodiscard]] Task<void> run_until_up(Deadline deadline, Duration interval);

    /// In the order of the targets.
    [[nodiscard]] const std::vector<CheckResult>& results() const noexcept { return results_; }
    [[nodiscard]] std::vector<CheckResult>& results() noexcept { return results_; }
    [[nodiscard]] bool all_up() const noexcept;
    /// The deadline came before the end.
    [[nodiscard]] bool late() const noexcept { return late_; }

private:
    Task<void> until(Deadline deadline, Task<void> checking);
    void give_up(const Error& why);
    Task<void> run_rounds(Duration interval);
    Task<void> run_round();
    Task<void> check_one(std::size_t index);

    const std::vector<CheckTarget>& targets_;
    Checker& checker_;
    Scheduler& scheduler_;
    CheckObserver& observer_;
    std::vector<CheckResult> results_;
    bool late_ = false;
};

}  // namespace runnel
