#include "io/process.hpp"

#include <unistd.h>

#include <csignal>
#include <utility>

#include "async/sleep.hpp"
#include "io/child.hpp"
#include "io/process_start.hpp"
#include "io/uv_error.hpp"

namespace runnel {

namespace {

/// How often it is looked whether something of a group is left whose leader has gone; the system
/// tells nobody.
constexpr Duration kLookAgain = std::chrono::milliseconds(5);

}  // namespace

std::string ProcessEnding::to_string() const {
    return signal_ != 0 ? "was killed by signal " + std::to_string(signal_)
                        : "exited with " + std::to_string(code_);
}

Process::Process(Loop& loop, std::string name) : loop_(loop), name_(std::move(name)) {}

Result<std::unique_ptr<Process>> Process::start(Loop& loop, const ProcessOptions& options) {
    if (std::optional<Error> problem = options.problem()) {
        return *std::move(problem);
    }
    std::unique_ptr<Process> process(new Process(loop, options.argv.front()));
    Result<detail::ChildStdio> stdio = detail::ChildStdio::open(options, process->name_);
    if (!stdio.ok()) {
        return std::move(stdio).error();
    }
    const auto on_exit = [self = process.get()](int code, int signal) {
        self->on_exit(code, signal);
    };
    int error = 0;
    process->child_ = detail::Child::make(loop, on_exit, error);
    if (error == 0) {
        error = detail::spawn(options, *stdio, process->pid_);
    }
    if (error != 0) {
        return detail::start_failure(options, error);
    }
    process->child_->started(process->pid_);
    process->in_ = stdio->take_stream(loop, STDIN_FILENO, process->name_);
    process->out_ = stdio->take_stream(loop, STDOUT_FILENO, process->name_);
    process->err_ = stdio->take_stream(loop, STDERR_FILENO, process->name_);
    return process;
}

Process::~Process() {
    if (pid_ == 0 || !group_may_live()) {
        return;
    }
    // Of a group whose leader is reaped already it does not matter whether anything was left. One
    // that is not ours to kill is left to itself.
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
    RUNNEL_ENSURE(stream != nullptr, "a stream of a process that was not asked for");
    return *stream;
}

/// Whether the number is that of our group for sure: the leader was not reaped, or somebody holds a
/// pipe of ours. Else the system may have given it to another.
bool Process::group_may_live() const noexcept {
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

Task<Result<ProcessEnding>> Process::terminate(Duration grace) {
    const Deadline limit = Deadline::within(loop_.now(), grace);
    const Result<void> asked = kill(SIGTERM);
    if (!asked.ok() && asked.error().code() != ESRCH) {
        co_return asked.error();
    }
    if (asked.ok()) {
        const bool gone = co_await group_gone(limit);
        if (!gone) {
            // It may go on its own just now.
            static_cast<void>(::kill(-pid_, SIGKILL));
        }
    }
    co_await exited_.wait();
    co_return *ending_;
}

/// False: something of the group is left at \a limit.
Task<bool> Process::group_gone(Deadline limit) {
    const bool exited = co_await wait_exit(limit);
    if (!exited) {
        co_return false;
    }
    while (::kill(-pid_, 0) == 0) {
        if (limit.passed(loop_.now())) {
            co_return false;
        }
        co_await sleep_for(kLookAgain);
    }
    co_return true;
}

Result<void> Process::kill(int signal) {
    const std::string what = name_ + ": cannot send signal " + std::to_string(signal);
    if (!group_may_live()) {
        return uv_failure(ErrorClass::Internal, what, UV_ESRCH);
    }
    if (::kill(-pid_, signal) != 0) {
        return uv_failure(ErrorClass::Internal, what, -errno);
    }
    return Result<void>();
}

}  // namespace runnel
