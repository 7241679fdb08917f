#pragma once

namespace runnel {

/// What the process tells its caller; docs/cli.md has the table.
enum class ExitStatus {
    Success = 0,
    Failed = 1,
    Usage = 2,
    NoAnswer = 3,
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

/// Of two endings that both apply, the one to tell: signals, then 141, 74, 124, 126 or
/// 127, 123, 3, 1.
[[nodiscard]] ExitStatus more_severe(ExitStatus a, ExitStatus b) noexcept;
/// SIGINT, SIGTERM or SIGHUP.
[[nodiscard]] ExitStatus status_of_signal(int signal) noexcept;

}  // namespace runnel
