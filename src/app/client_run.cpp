#include "app/client_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "app/command_run.hpp"
#include "app/descriptors.hpp"
#include "app/findings.hpp"
#include "http/curl_client.hpp"
#include "io/debug_signal.hpp"

namespace runnel {

namespace {

/// Every job may need a connection of its own.
std::size_t fit_jobs(std::size_t jobs, std::size_t descriptors, Log& log) {
    if (jobs > descriptors) {
        log.warn(fmt::format("{} jobs at a time instead of {}: more files may not be open",
                             descriptors, jobs));
    }
    return std::min(jobs, descriptors);
}

/// \a lookups_hang tells whether names were still looked up at the end.
ExitStatus run_with(std::size_t jobs, Log& log, bool& lookups_hang,
                    const std::function<ExitStatus(ClientRun&)>& body) {
    const std::size_t descriptors = room_for_connections();
    jobs = fit_jobs(jobs, descriptors, log);
    Loop loop;
    Output output(loop, STDOUT_FILENO);
    Output errors(loop, STDERR_FILENO, Output::kHighWater, "stderr");
    const LogsTo logs_to(log, errors);
    const LogsFindings logs_findings(log);
    const DebugSignal debug_signal(loop);
    http::CurlClient network(loop, jobs, descriptors);
    ClientRun at_hand(loop, output, network, jobs);
    const ExitStatus status = body(at_hand);
    lookups_hang = network.lookups_running();
    return status;
}

}  // namespace

int run_client(Log& log, const std::function<Result<std::size_t>()>& prepare,
               const std::function<ExitStatus(ClientRun&)>& body) {
    bool lookups_hang = false;
    const ExitStatus status = run_command(log, [&] {
        const Result<std::size_t> jobs = prepare();
        return jobs ? run_with(*jobs, log, lookups_hang, body) : refuse(jobs.error(), log);
    });
    if (lookups_hang) {
        std::fflush(nullptr);
        _exit(static_cast<int>(status));
    }
    return static_cast<int>(status);
}

}  // namespace runnel
