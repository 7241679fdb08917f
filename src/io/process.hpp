#pragma once

#include <memory>
#include <optional>
#include <string>

#include "async/event.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "io/byte_stream.hpp"
#include "io/loop.hpp"
#include "io/process_options.hpp"

namespace runnel {

namespace detail {
class Child;
}

/// How a process ended.
class ProcessEnding {
public:
    /// \a signal 0: it exited.
    ProcessEnding(int exit_code, int signal) noexcept : code_(exit_code), signal_(signal) {}

    /// It exited with 0.
    [[nodiscard]] bool ok() const noexcept { return code_ == 0 && signal_ == 0; }
    /// What it exited with; 0 when a signal killed it.
    [[nodiscard]] int exit_code() const noexcept { return code_; }
    /// The signal that killed it, else 0.
    [[nodiscard]] int signal() const noexcept { return signal_; }
    /// As a shell tells it: the exit code, or 128 and the signal.
    [[nodiscard]] int shell_status() const noexcept { return signal_ != 0 ? 128 + signal_ : code_; }
    /// "exited with 3", "was killed by signal 9".
    [[nodiscard]] std::string to_string() const;

private:
    int code_;
    int signal_;
};

/// A child process. It leads a session and a process group of its own, so that what it started can
/// be signalled with it (what made itself a group of its own cannot), and Ctrl-C at the terminal
/// reaches only us. It starts with every signal at its default, none blocked, and, besides its
/// three, with those descriptors only that are not close-on-exec; all that runnel opens are.
///
/// Everything here is for the loop's thread. The loop reaps. It must not be dropped while a task
/// waits in one of its members; else at any time: a process that still runs is then killed with its
/// group (SIGKILL), and reaped in a later turn of the loop, at the latest when the loop ends. After
/// its exit, what is left of the group is killed only if it holds one of our pipes; to have left
/// children alive on purpose, close() the streams first.
class Process {
public:
    /// Starts it. The call blocks until the child has called exec(), less than a millisecond. A
    /// script without a `#!` line is read by /bin/sh. \a loop must outlive it.
    ///
    /// Errors: ErrorClass::BadInput for options that make no sense; else ErrorClass::Sink with
    /// errno: ENOENT not found (127 in a shell; also a script whose interpreter is missing), EACCES
    /// and others not executable (126), EMFILE and EAGAIN for want of descriptors or processes.
    [[nodiscard]] static Result<std::unique_ptr<Process>> start(Loop& loop,
                                                                const ProcessOptions& options);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    /// Our ends of the pipes; only those that were asked for exist.
    [[nodiscard]] ByteStream& in() noexcept { return existing(in_); }
    [[nodiscard]] ByteStream& out() noexcept { return existing(out_); }
    [[nodiscard]] ByteStream& err() noexcept { return existing(err_); }

    /// Also the number of its process group and of its session.
    [[nodiscard]] int pid() const noexcept { return pid_; }
    /// How the process itself ended, once it was reaped.
    [[nodiscard]] const std::optional<ProcessEnding>& ending() const noexcept { return ending_; }

    /// Waits until it has exited and the end of each piped output has arrived: nothing more can
    /// come of it. Reads ahead to see the end, so a short output needs no reader, but a longer one
    /// must be read or closed by somebody. Whatever holds a pipe keeps this waiting, so a
    /// grandchild in the background does; then wait_exit(), terminate() or closing the streams
    /// helps. Cancelled when stop is requested: nothing happens to the process.
    [[nodiscard]] Task<ProcessEnding> wait();
    /// Waits for the exit of the process alone. False: \a deadline came first. Cancelled when stop
    /// is requested.
    [[nodiscard]] Task<bool> wait_exit(Deadline deadline = Deadline::never());

    /// Sends SIGTERM to the group; after \a grace (zero: at once), if anything of it is left,
    /// SIGKILL. Returns when the process was reaped; what it wrote can still be read. Those who
    /// wait hear of it. Fails (ErrorClass::Internal, EPERM) when the group runs as somebody else.
    /// Cancelled when stop is requested: the SIGKILL is then up to the caller, or the destructor.
    [[nodiscard]] Task<Result<ProcessEnding>> terminate(Duration grace);
    /// Sends \a signal to the group. ErrorClass::Internal with errno; ESRCH: nothing is left of it.
    [[nodiscard]] Result<void> kill(int signal);

private:
    Process(Loop& loop, std::string name);

    void on_exit(int code, int signal) noexcept;
    [[nodiscard]] ByteStream& existing(const std::unique_ptr<ByteStream>& stream) noexcept;
    [[nodiscard]] bool group_may_live() const noexcept;
    void start_reading();
    [[nodiscard]] Task<bool> group_gone(Deadline limit);

    Loop& loop_;
    std::string name_;
    int pid_ = 0;
    std::optional<ProcessEnding> ending_;
    Event exited_;
    std::unique_ptr<ByteStream> in_;
    std::unique_ptr<ByteStream> out_;
    std::unique_ptr<ByteStream> err_;
    std::unique_ptr<detail::Child> child_;
};

}  // namespace runnel
