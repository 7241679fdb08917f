#include "io/process.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "async/sleep.hpp"
#include "base/system_error.hpp"
#include "io/child.hpp"
#include "io/process_start.hpp"

namespace runnel {

namespace {

/// Interval between checks whether a group still has processes after its leader has exited; the
/// system does not notify about that.
constexpr Duration kGroupPollInterval = std::chrono::milliseconds(5);

/// Maximum time between checks whether a limit has passed. It bounds the error after this process
/// was stopped.
constexpr Duration kLimitSlice = std::chrono::seconds(1);

}  // namespace

std::string ProcessEnding::to_string() const {
    return signal_ != 0 ? "was killed by signal " + std::to_string(signal_)
                        : "exited with " + std::to_string(code_);
}

Process::Process(Loop& loop, std::string name) : loop_(loop), name_(std::move(name)) {}

Result<std::unique_ptr<Process>> Process::start(Loop& loop, const ProcessOptions& options) {
    RUNNEL_TRY(options.check());
    std::unique_ptr<Process> process(new Process(loop, options.argv.front()));
    RUNNEL_TRY_ASSIGN(detail::ChildStdio stdio, detail::ChildStdio::open(options, process->name_));
    const auto on_exit = [self = process.get()](int code, int signal) {
        self->on_exit(code, signal);
    };
    int error = 0;
    process->child_ = detail::Child::make(loop, on_exit, error);
    if (error == 0) {
        error = detail::spawn(options, stdio, process->pid_);
    }
    if (error != 0) {
        return detail::start_failure(options, error);
    }
    process->child_->started(process->pid_);
    process->in_ = stdio.take_stream(loop, STDIN_FILENO, process->name_);
    process->out_ = stdio.take_stream(loop, STDOUT_FILENO, process->name_);
    process->err_ = stdio.take_stream(loop, STDERR_FILENO, process->name_);
    return process;
}

Process::~Process() {
    if (pid_ == 0 || !may_signal_group()) {
        return;
    }
    // This fails if the group is empty or runs as another user; then there is nothing to reap.
    const bool killed = ::kill(-pid_, SIGKILL) == 0;
    if (!ending_ && killed) {
        detail::Child::reap_alone(std::move(child_));
    }
}

void Process::on_exit(int code, int signal) noexcept {
    ending_.emplace(code, signal);
    exited_.set();
}

ByteStream& Process::existing(const std::unique_ptr<ByteStream>& stream) noexcept {
    RUNNEL_ENSURE(stream != nullptr, "a stream of a process that was not requested in its options");
    return *stream;
}

/// Whether the group's ID is certainly still valid: the leader was not reaped, or a process holds
/// one of the pipes. Otherwise the system may have reused it.
bool Process::may_signal_group() const noexcept {
    const auto held = [](const std::unique_ptr<ByteStream>& pipe) {
        return pipe != nullptr && !pipe->hung_up();
    };
    return !ending_ || held(in_) || held(out_) || held(err_);
}

void Process::start_reading() {
    if (out_) {
        out_->start_reading();
    }
    if (err_) {
        err_->start_reading();
    }
}

Task<ProcessEnding> Process::wait() {
    start_reading();
    co_await exited_.wait();
    if (out_) {
        co_await out_->wait_end();
    }
    if (err_) {
        co_await err_->wait_end();
    }
    co_return *ending_;
}

Task<bool> Process::wait_exit(Deadline deadline) {
    start_reading();
    const bool exited = co_await exited_.wait_until(deadline);
    co_return exited;
}

Task<bool> Process::wait_exit_within(Duration span) {
    Duration left = span == Duration::zero() ? Duration::max() : span;
    while (left > Duration::zero()) {
        const Duration slice = std::min(left, kLimitSlice);
        const Deadline limit(loop_.now() + slice);
        const bool exited = co_await wait_exit(limit);
        if (exited) {
            co_return true;
        }
        // The slice took longer if this process was stopped.
        left -= slice;
    }
    co_return false;
}

Task<bool> Process::wait_outputs(Duration span) {
    const bool out_ended = co_await wait_output(out_.get(), span);
    if (!out_ended) {
        co_return false;
    }
    co_return co_await wait_output(err_.get(), span);
}

/// Waits for the end of \a stream, if there is one; see wait_outputs().
Task<bool> Process::wait_output(ByteStream* stream, Duration span) {
    while (stream != nullptr) {
        const Deadline limit(loop_.now() + span);
        const bool ended = co_await stream->wait_end_until(limit);
        if (ended) {
            break;
        }
        if (stream->waiting() < ByteStream::kReadAhead) {
            co_return false;
        }
    }
    co_return true;
}

Task<Result<ProcessEnding>> Process::terminate(Duration grace) {
    const Deadline limit = Deadline::within(loop_.now(), grace);
    const Result<void> asked = kill(SIGTERM);
    if (!asked.ok() && asked.error().code() != ESRCH) {
        co_return asked.error();
    }
    if (asked.ok()) {
        const bool gone = co_await wait_group_gone(limit);
        if (!gone) {
            // Fails if the group has ended just now.
            static_cast<void>(::kill(-pid_, SIGKILL));
        }
    }
    co_await exited_.wait();
    co_return *ending_;
}

/// Returns false if the group still has processes at \a limit.
Task<bool> Process::wait_group_gone(Deadline limit) {
    const bool exited = co_await wait_exit(limit);
    if (!exited) {
        co_return false;
    }
    while (::kill(-pid_, 0) == 0) {
        if (limit.passed(loop_.now())) {
            co_return false;
        }
        co_await sleep_for(kGroupPollInterval);
    }
    co_return true;
}

Result<void> Process::kill(int signal) {
    const std::string what = name_ + ": cannot send signal " + std::to_string(signal);
    if (!may_signal_group()) {
        return system_error(ErrorClass::Internal, what, ESRCH);
    }
    if (::kill(-pid_, signal) != 0) {
        return system_error(ErrorClass::Internal, what, errno);
    }
    return Result<void>();
}

}  // namespace runnel
