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
    /// \a signal is 0 if the process exited.
    ProcessEnding(int exit_code, int signal) noexcept : code_(exit_code), signal_(signal) {}

    /// Whether it exited with 0.
    [[nodiscard]] bool ok() const noexcept { return code_ == 0 && signal_ == 0; }
    /// The exit code; 0 if a signal killed the process.
    [[nodiscard]] int exit_code() const noexcept { return code_; }
    /// The signal that killed the process, else 0.
    [[nodiscard]] int signal() const noexcept { return signal_; }
    /// The status that a shell reports: the exit code, or 128 plus the signal.
    [[nodiscard]] int shell_status() const noexcept { return signal_ != 0 ? 128 + signal_ : code_; }
    /// "exited with 3", "was killed by signal 9".
    [[nodiscard]] std::string to_string() const;

private:
    int code_;
    int signal_;
};

/// A child process. It leads its own session and process group, so that its descendants are
/// signalled with it (unless they have made groups of their own), and Ctrl-C at the terminal does
/// not reach it. It starts with all signals unblocked and at their default action. In addition to
/// its standard descriptors it inherits only those that are not close-on-exec; all that runnel
/// opens are.
///
/// Everything here is for the loop's thread, which also reaps the process. Must not be destroyed
/// while a task waits in one of its members. The destructor kills a running process and its group
/// (SIGKILL); it is reaped in a later turn of the loop, at the latest when the loop ends. If the
/// process has exited, the rest of its group is killed only if it holds one of the pipes; to leave
/// such processes running, close() the streams first.
class Process {
public:
    /// Starts a process. Blocks until the child has called exec(), for less than a millisecond. A
    /// script without a `#!` line is run by /bin/sh. \a loop must outlive the process.
    ///
    /// Fails with ErrorClass::BadInput for invalid options; otherwise with ErrorClass::Sink and
    /// errno: ENOENT if the command was not found (127 in a shell), or the interpreter of a script;
    /// EACCES and others if it is not executable (126); EMFILE and EAGAIN if descriptors or
    /// processes are exhausted.
    [[nodiscard]] static Result<std::unique_ptr<Process>> start(Loop& loop,
                                                                const ProcessOptions& options);
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process();

    /// This process's ends of the pipes. Only those requested in the options exist.
    [[nodiscard]] ByteStream& in() noexcept { return existing(in_); }
    [[nodiscard]] ByteStream& out() noexcept { return existing(out_); }
    [[nodiscard]] ByteStream& err() noexcept { return existing(err_); }

    /// Returns the ID of the process, which is also that of its process group and session.
    [[nodiscard]] int pid() const noexcept { return pid_; }
    /// How the process ended; nullopt until it was reaped.
    [[nodiscard]] const std::optional<ProcessEnding>& ending() const noexcept { return ending_; }

    /// Waits until the process has exited and each piped output has ended. Reads ahead to see the
    /// end, so a short output needs no reader, but a longer one must be read or closed meanwhile. A
    /// background process that has inherited a pipe also keeps this waiting; then use wait_exit()
    /// or terminate(), or close the streams. Cancelled when stop is requested: the process
    /// continues.
    [[nodiscard]] Task<ProcessEnding> wait();
    /// Waits only until the process has exited. Returns false if \a deadline came first. Cancelled
    /// when stop is requested.
    [[nodiscard]] Task<bool> wait_exit(Deadline deadline = Deadline::never());

    /// Does the same with a limit of \a span, or none if it is zero. Time in which this process was
    /// stopped (SIGSTOP) does not count, as far as it shows: a second may be missing.
    [[nodiscard]] Task<bool> wait_exit_within(Duration span);
    /// Waits until the piped outputs have ended. Returns false if one has not after \a span,
    /// because another process holds it open; time in which output was there and was not read does
    /// not count. To be called after the exit. Cancelled when stop is requested.
    [[nodiscard]] Task<bool> wait_outputs(Duration span);

    /// Sends SIGTERM to the group, and SIGKILL if any process of it is left after \a grace (zero
    /// means at once). Returns when the process was reaped; its output can still be read, and tasks
    /// in wait() and wait_exit() are resumed. Fails (ErrorClass::Internal, EPERM) if the group runs
    /// as another user. Cancelled when stop is requested: the caller or the destructor must then
    /// send SIGKILL.
    [[nodiscard]] Task<Result<ProcessEnding>> terminate(Duration grace);
    /// Sends \a signal to the group. Fails with ErrorClass::Internal and errno: ESRCH if no process
    /// of the group is left.
    [[nodiscard]] Result<void> kill(int signal);

private:
    Process(Loop& loop, std::string name);

    void on_exit(int code, int signal) noexcept;
    [[nodiscard]] ByteStream& existing(const std::unique_ptr<ByteStream>& stream) noexcept;
    [[nodiscard]] bool may_signal_group() const noexcept;
    void start_reading();
    [[nodiscard]] Task<bool> wait_output(ByteStream* stream, Duration span);
    [[nodiscard]] Task<bool> wait_group_gone(Deadline limit);

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
