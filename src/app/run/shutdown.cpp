#include "app/run/shutdown.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "async/sleep.hpp"

namespace runnel {

namespace {

/// Maximum wait for stdout, and for stderr, after a run was stopped.
constexpr Duration kFlushLimit = std::chrono::seconds(1);

}  // namespace

Task<void> Shutdown::watch(TaskGroup& intake, TaskGroup& work) {
    const Context& context = co_await this_task::context();
    TaskGroup watchers(context);
    watchers.start(watch_signals(intake, work));
    watchers.start(watch_deadline(intake, work));
    watchers.start(watch_output(intake, work));
    watchers.start(watch_end(intake, work));
    co_await watchers.join();
}

std::string Shutdown::effect_of_signal(const TaskGroup& work) const {
    if (!signal_effect_.empty()) {
        return signal_effect_;
    }
    const std::size_t all = work.running();
    const std::size_t in_flight = in_flight_ ? std::min(in_flight_(), all) : all;
    const std::string waiting = all > in_flight ? fmt::format(", {} waiting", all - in_flight) : "";
    return fmt::format("no more input is read, {} in flight{}", in_flight, waiting);
}

Task<void> Shutdown::watch_signals(TaskGroup& intake, TaskGroup& work) {
    const int signal = co_await signals_.next();
    stop_with(status_of_signal(signal));
    intake.request_stop();
    log_.warn(fmt::format("{}: {}; signal again to end at once", sigdescr_np(signal),
                          effect_of_signal(work)));
    const Context& context = co_await this_task::context();
    TaskGroup drain(context);
    drain.start(exit_on_signal());
    drain.start(cancel_after_grace(work));
    co_await drain.join();
}

Task<void> Shutdown::cancel_after_grace(TaskGroup& work) {
    const Deadline drained_by = Deadline::after(loop_.now(), grace_);
    co_await sleep_until(drained_by);
    work.request_stop();
}

Task<void> Shutdown::exit_on_signal() {
    const int signal = co_await signals_.next();
    if (before_exit_) {
        before_exit_();
    }
    _exit(static_cast<int>(status_of_signal(signal)));
}

Task<void> Shutdown::watch_deadline(TaskGroup& intake, TaskGroup& work) {
    co_await sleep_until(deadline_);
    stop_with(ExitStatus::Deadline);
    intake.request_stop();
    work.request_stop();
}

Task<void> Shutdown::watch_output(TaskGroup& intake, TaskGroup& work) {
    co_await output_.failed().wait();
    const Error& error = *output_.error();
    if (error.code() == EPIPE) {
        stop_with(ExitStatus::ReaderGone);
    } else {
        log_.error(error.message());
        stop_with(ExitStatus::OutputFailed);
    }
    intake.request_stop();
    work.request_stop();
}

Task<void> Shutdown::watch_end(TaskGroup& intake, TaskGroup& work) {
    co_await ended_.wait();
    intake.request_stop();
    work.request_stop();
}

Task<void> Shutdown::oversee(Task<void> course, bool has_grace, Task<void> last_step) {
    const Context& context = co_await this_task::context();
    TaskGroup watchers(context);
    TaskGroup intake(context);
    TaskGroup work(context);
    watchers.start(watch(intake, work));
    TaskGroup& group = has_grace ? work : intake;
    group.start(std::move(course));
    co_await group.join();
    co_await wind_up(work, watchers, std::move(last_step));
}

Task<void> Shutdown::wind_up(TaskGroup& work, TaskGroup& watchers, Task<void> last_step) {
    work.start(flush());
    co_await work.join();
    co_await flush_after_stop();
    co_await std::move(last_step);
    co_await log_.flush(Deadline::after(loop_.now(), kFlushLimit));
    watchers.request_stop();
    co_await watchers.join();
}

Task<void> Shutdown::flush() {
    const bool written = co_await output_.flush(Deadline::never());
    static_cast<void>(written);  // watch_output() logs a failure
    co_await log_.flush(Deadline::never());
}

Task<void> Shutdown::flush_after_stop() {
    if (!stopped() || output_.error()) {
        co_return;
    }
    const Deadline limit = Deadline::after(loop_.now(), kFlushLimit);
    const bool written = co_await output_.flush(limit);
    if (!written && !output_.error()) {
        output_.give_up();  // nothing may be written after the journal is final
        log_.error(fmt::format("{} bytes were not written to stdout in time",
                               output_.appended() - output_.written()));
    }
}

Error Shutdown::reason() const {
    switch (status_) {
        case ExitStatus::Deadline:
            return Error(ErrorClass::Deadline, "the deadline of the run passed");
        case ExitStatus::Hangup:
        case ExitStatus::Interrupted:
        case ExitStatus::Terminated:
            return Error(ErrorClass::Interrupted, "the run was interrupted");
        default: return Error(ErrorClass::Cancelled, "the run was stopped");
    }
}

}  // namespace runnel
