#pragma once

#include <cstddef>
#include <functional>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/options/schedule_options.hpp"
#include "http/client.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"

namespace runnel {

/// What a command has at hand while it makes requests.
class RunContext {
public:
    RunContext(Loop& its_loop, Output& to_stdout, Output& to_stderr, http::Client& client,
               std::size_t fitting, TimePoint began)
        : loop(its_loop),
          output(to_stdout),
          errors(to_stderr),
          network(client),
          jobs(fitting),
          started(began) {}

    Loop& loop;
    Output& output;
    Output& errors;         ///< What is told goes through the log; this is for what is shown.
    http::Client& network;  ///< Sends one hop.
    std::size_t jobs;       ///< Requests at a time for which there are descriptors.
    TimePoint started;  ///< What deadlines count from: when the process began, or its turn came.
};

/// A command that makes requests, if only pings, in the frame of run_command(), with the manners of
/// \a cron. \a prepare finds what is wrong before anything starts, and gives how many requests at a
/// time are wanted; what it makes must live until the end. It settles \a policy. Then \a body does
/// the rest. \a last gets the status when all of that is over and closed, and gives the one to exit
/// with; it may as well become another program, which then holds the lock. \a started: when the
/// process did. Gives the exit status; leaves the process at once when a look-up still hangs in the
/// system, because its thread must not meet the end.
[[nodiscard]] int run_with_context(const ScheduleOptions& cron, const http::Policy& policy,
                                   Log& log, TimePoint started,
                                   const std::function<Result<std::size_t>()>& prepare,
                                   const std::function<ExitStatus(RunContext&)>& body,
                                   const std::function<ExitStatus(ExitStatus)>& last = {});

}  // namespace runnel
