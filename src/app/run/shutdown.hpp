#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "async/event.hpp"
#include "async/task_group.hpp"
#include "io/output.hpp"
#include "io/signals.hpp"

namespace runnel {

/// What can end a run before its input does: a signal (intake stops, what is in flight may finish
/// within the grace, then it is cancelled; a second signal ends the process at once), the run's
/// deadline, an output that can no longer be written, and end().
class Shutdown {
public:
    /// \a loop, \a output and \a log must outlive this. \a grace of zero: no limit.
    /// \a stopped tells what a first signal does; by default it ends the intake.
    Shutdown(Loop& loop, Output& output, Log& log, Deadline deadline, Duration grace,
             std::string stopped = "")
        : loop_(loop),
          signals_(loop),
          output_(output),
          log_(log),
          deadline_(deadline),
          grace_(grace),
          stopped_(std::move(stopped)) {}

    /// Watches until stopped. Asks \a intake to stop first, then \a work.
    Task<void> watch(TaskGroup& intake, TaskGroup& work);

    /// Ends the run as the deadline does: the groups are asked to stop, one turn later.
    void end(ExitStatus status) noexcept {
        stop_with(status);
        ended_.set();
    }
    /// Called by a second signal, before the process ends without destructors.
    void before_exit(std::function<void()> last_act) { last_act_ = std::move(last_act); }

    /// The end of a run whose \a work is done: until stdout and stderr have taken everything, and
    /// \a watchers, which watch() is one of, have ended. A signal is heard until then. A run that
    /// was stopped gives stdout one more second, and tells what it has not taken. \a last_act
    /// comes after that, and tells how the run ended.
    Task<void> wind_up(TaskGroup& work, TaskGroup& watchers, Task<void> last_act);

    /// A whole run that is one \a course: watched, stopped by what ends it early, and wound up. A
    /// first signal stops it at once, or after the grace if it \a has_grace.
    Task<void> oversee(Task<void> course, bool has_grace, Task<void> last_act = nothing());

    /// Set when something ends the run early: what has not begun shall not begin any more.
    [[nodiscard]] Event& ending() noexcept { return ending_; }
    /// Something ended the run early.
    [[nodiscard]] bool stopped() const noexcept { return status_ != ExitStatus::Success; }
    /// What the process shall tell of it; Success if nothing happened.
    [[nodiscard]] ExitStatus status() const noexcept { return status_; }
    /// Why an input that was cancelled did not end.
    [[nodiscard]] Error reason() const;

private:
    static Task<void> nothing() { co_return; }
    Task<void> watch_signals(TaskGroup& intake, TaskGroup& work);
    Task<void> watch_deadline(TaskGroup& intake, TaskGroup& work);
    Task<void> watch_output(TaskGroup& intake, TaskGroup& work);
    Task<void> watch_end(TaskGroup& intake, TaskGroup& work);
    Task<void> cancel_after_grace(TaskGroup& work);
    Task<void> end_on_signal();
    Task<void> flush();
    Task<void> flush_after_stop();
    void stop_with(ExitStatus status) noexcept {
        status_ = more_severe(status_, status);
        ending_.set();
    }

    Loop& loop_;
    Signals signals_;
    Output& output_;
    Log& log_;
    Deadline deadline_;
    Duration grace_;
    std::string stopped_;
    Event ending_;
    Event ended_;
    std::function<void()> last_act_;
    ExitStatus status_ = ExitStatus::Success;
};

}  // namespace runnel
