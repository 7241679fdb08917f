#pragma once

namespace runnel {

/// The exit statuses of the process. docs/cli.md explains them.
enum class ExitStatus {
    Success = 0,
    Failed = 1,
    Usage = 2,
    NoAnswer = 3,
    Internal = 70,
    OutputFailed = 74,
    LockHeld = 75,
    BatchFailed = 123,
    Deadline = 124,
    NotExecutable = 126,
    NotFound = 127,
    Hangup = 129,
    Interrupted = 130,
    ReaderGone = 141,
    Terminated = 143,
};

/// Returns the status to exit with if both apply: \a a, unless \a b is more severe. From the most
/// severe: usage, lock, signals, 141, 74, 70, 124, 126 and 127, 123, 3, 1.
[[nodiscard]] ExitStatus more_severe(ExitStatus a, ExitStatus b) noexcept;
/// Returns the status for SIGINT, SIGTERM or SIGHUP: 128 plus its number.
[[nodiscard]] ExitStatus status_of_signal(int signal) noexcept;

}  // namespace runnel
