#include "app/console/exit_status.hpp"

#include <csignal>

namespace runnel {

namespace {

int rank(ExitStatus status) noexcept {
    switch (status) {
        case ExitStatus::Success: return 0;
        case ExitStatus::Failed: return 1;
        case ExitStatus::NoAnswer: return 2;
        case ExitStatus::BatchFailed: return 3;
        case ExitStatus::NotExecutable:
        case ExitStatus::NotFound: return 4;
        case ExitStatus::Deadline: return 5;
        case ExitStatus::Internal: return 6;
        case ExitStatus::OutputFailed: return 7;
        case ExitStatus::ReaderGone: return 8;
        case ExitStatus::Hangup:
        case ExitStatus::Interrupted:
        case ExitStatus::Terminated: return 9;
        case ExitStatus::LockHeld: return 10;
        case ExitStatus::Usage: return 11;
    }
    return 0;
}

}  // namespace

ExitStatus more_severe(ExitStatus a, ExitStatus b) noexcept { return rank(b) > rank(a) ? b : a; }

ExitStatus status_of_signal(int signal) noexcept {
    switch (signal) {
        case SIGHUP: return ExitStatus::Hangup;
        case SIGINT: return ExitStatus::Interrupted;
        default: return ExitStatus::Terminated;
    }
}

}  // namespace runnel
