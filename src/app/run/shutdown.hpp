#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "async/event.hpp"
#include "async/task_group.hpp"
#include "io/output.hpp"
#include "io/signals.hpp"

namespace runnel {

/// Ends a run early: at a signal, at the deadline of the run, when the output cannot be written any
/// more, or when end() is called. A first signal stops the intake; requests in flight may finish
/// within the grace, then they are cancelled. A second signal ends the process at once.
class Shutdown {
public:
    /// \a loop, \a output and \a log must outlive this. A \a grace of zero means no limit.
    /// \a signal_effect is logged at the first signal; by default it is that the intake stops.
    Shutdown(Loop& loop, Output& output, Log& log, Deadline deadline, Duration grace,
             std::string signal_effect = "")
        : loop_(loop),
          signals_(loop),
          output_(output),
          log_(log),
          deadline_(deadline),
          grace_(grace),
          signal_effect_(std::move(signal_effect)) {}

    /// Watches until it is stopped. Requests the stop of \a intake before that of \a work.
    Task<void> watch(TaskGroup& intake, TaskGroup& work);

    /// Ends the run with \a status: requests the stop of both groups, from the ready queue.
    void end(ExitStatus status) noexcept {
        stop_with(status);
        ended_.set();
    }
    /// Sets the function that returns how many children of the work are in flight, for the message
    /// at the first signal; the others count as waiting. By default all are in flight.
    void count_in_flight(std::function<std::size_t()> count) { in_flight_ = std::move(count); }
    /// Sets the function that a second signal calls before the process exits without destructors.
    void before_exit(std::function<void()> call) { before_exit_ = std::move(call); }

    /// Ends a run: waits for \a work and until stdout and stderr are written, then for
    /// \a last_step, which may log the result, then stops \a watchers, which contain watch().
    /// Signals are handled until then. After an early end stdout gets one more second; then the
    /// number of bytes that were not written is logged.
    Task<void> wind_up(TaskGroup& work, TaskGroup& watchers, Task<void> last_step);

    /// Runs \a course as a whole run: watches it, and winds it up. A first signal stops it at once,
    /// or after the grace if it \a has_grace.
    Task<void> oversee(Task<void> course, bool has_grace, Task<void> last_step = nothing());

    /// Set when the run is to end early: nothing more may start.
    [[nodiscard]] Event& ending() noexcept { return ending_; }
    /// Whether the run is to end early.
    [[nodiscard]] bool stopped() const noexcept { return status_ != ExitStatus::Success; }
    /// Returns the exit status of the early end; Success if there is none.
    [[nodiscard]] ExitStatus status() const noexcept { return status_; }
    /// Returns the error of an input that the early end cancelled.
    [[nodiscard]] Error reason() const;

private:
    static Task<void> nothing() { co_return; }
    [[nodiscard]] std::string effect_of_signal(const TaskGroup& work) const;
    Task<void> watch_signals(TaskGroup& intake, TaskGroup& work);
    Task<void> watch_deadline(TaskGroup& intake, TaskGroup& work);
    Task<void> watch_output(TaskGroup& intake, TaskGroup& work);
    Task<void> watch_end(TaskGroup& intake, TaskGroup& work);
    Task<void> cancel_after_grace(TaskGroup& work);
    Task<void> exit_on_signal();
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
    std::string signal_effect_;
    std::function<std::size_t()> in_flight_;
    Event ending_;
    Event ended_;
    std::function<void()> before_exit_;
    ExitStatus status_ = ExitStatus::Success;
};

}  // namespace runnel
