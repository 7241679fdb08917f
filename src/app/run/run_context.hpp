#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/options/schedule_options.hpp"
#include "base/result.hpp"
#include "http/client.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"

namespace runnel {

/// The objects that a command uses while it makes requests.
class RunContext {
public:
    RunContext(Loop& its_loop, Output& to_stdout, Output& to_stderr, http::Client& client,
               std::size_t connections, TimePoint began)
        : loop(its_loop),
          output(to_stdout),
          errors(to_stderr),
          network(client),
          jobs(connections),
          started(began) {}

    Loop& loop;
    Output& output;         ///< Its content is Text unless the command sets another.
    Output& errors;         ///< For the progress bar. Messages go through the log.
    http::Client& network;  ///< Sends one hop.
    std::size_t jobs;       ///< Maximum number of requests at a time, limited by the descriptors.
    TimePoint started;      ///< Deadlines count from here: the start, or the end of `--splay`.
};

/// The needs of a command, known before it starts.
struct PreparedRun {
    std::size_t jobs;             ///< Requests at a time that the command wants to make.
    std::uint16_t mock_port = 0;  ///< 0 without `--mock`.
    bool makes_requests = true;   ///< False if pings are the only requests.
};

/// Logs why a command cannot start. Returns OutputFailed for ErrorClass::Sink, else Usage.
[[nodiscard]] ExitStatus refuse(const Error& error, Log& log);

/// Ends a run after its files were written: logs the failure of \a written, and flushes the log,
/// because \a loop is about to be closed. Returns \a status, or OutputFailed
/// if that is more severe.
[[nodiscard]] ExitStatus end_files(ExitStatus status, const Result<void>& written, Loop& loop,
                                   Log& log);

/// Runs \a body and returns its status; Internal with a message if the system cannot start a thread
/// or make a loop. Lines that `--quiet` held back are printed unless the status is Success or
/// ReaderGone.
[[nodiscard]] ExitStatus run_command(Log& log, const std::function<ExitStatus()>& body);

/// Returns the smaller of \a wanted and \a limit requests at a time; logs a warning if that is the
/// limit.
[[nodiscard]] std::size_t limit_jobs(std::size_t wanted, std::size_t limit, Log& log);

/// Runs a command that makes requests, as run_command() does, and returns its exit status. In
/// order: takes the lock of \a schedule, calls \a prepare, waits for `--splay`, pings, calls
/// \a body, pings, closes everything, calls \a last.
///
/// \a prepare finds all errors of usage; what it makes must live until the end. \a last gets the
/// status and returns the one to exit with; it may replace the process by another program, which
/// then holds the lock. \a started is when the process started. \a deadline, from then on, limits
/// the reading of files in \a prepare; zero means no limit. A signal also ends the reading.
///
/// Ends the process at once if the system still resolves a name, because that thread must not
/// outlive static objects.
[[nodiscard]] int run_with_context(const ScheduleOptions& schedule, Log& log, TimePoint started,
                                   const std::function<Result<PreparedRun>()>& prepare,
                                   const std::function<ExitStatus(RunContext&)>& body,
                                   const std::function<ExitStatus(ExitStatus)>& last = {},
                                   Duration deadline = Duration::zero());

}  // namespace runnel
