#pragma once

#include <cstddef>
#include <functional>

#include "app/exit_status.hpp"
#include "app/log.hpp"
#include "http/client.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"

namespace runnel {

/// What a command has at hand while it makes requests.
class ClientRun {
public:
    ClientRun(Loop& its_loop, Output& to_stdout, http::Client& client, std::size_t fitting)
        : loop(its_loop), output(to_stdout), network(client), jobs(fitting) {}

    Loop& loop;
    Output& output;
    http::Client& network;  ///< Sends one hop.
    std::size_t jobs;       ///< Requests at a time for which there are descriptors.
};

/// A command that makes requests, in the frame of run_command(). \a prepare finds what is wrong
/// before anything starts, and gives how many requests at a time are wanted; what it makes must
/// live until the end. Then \a body does the rest. Gives the exit status; leaves the process at
/// once when a look-up still hangs in the system, because its thread must not meet the end.
[[nodiscard]] int run_client(Log& log, const std::function<Result<std::size_t>()>& prepare,
                             const std::function<ExitStatus(ClientRun&)>& body);

}  // namespace runnel
