#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "app/command_run.hpp"
#include "app/descriptors.hpp"
#include "app/dry_run.hpp"
#include "app/fetch.hpp"
#include "app/fetch_setup.hpp"
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

/// A look-up cannot be cancelled, and its thread must not meet the end of the process.
[[noreturn]] void leave_at_once(ExitStatus status) {
    std::fflush(nullptr);
    _exit(static_cast<int>(status));
}

ExitStatus write_stats(const Fetch& fetch, StatsFile& file, Log& log) {
    if (!file.wanted()) {
        return ExitStatus::Success;
    }
    const Result<void> written = file.write(fetch.stats());
    if (written) {
        return ExitStatus::Success;
    }
    log.error(written.error().message());
    return ExitStatus::OutputFailed;
}

ExitStatus fetch_inputs(Loop& loop, FetchSetup& setup, http::Client& network, Output& output,
                        Log& log, TimePoint started) {
    const FetchOptions& options = setup.options;
    Inputs inputs(loop, *setup.maker, options.urls, std::move(setup.files), options.separator);
    if (options.dry_run) {
        DryRun dry_run(loop, options, *setup.maker, inputs, output, log, started);
        return run(loop, dry_run.run());
    }
    Fetch fetch(loop, options, network, inputs, output, setup.written, log, started);
    const ExitStatus status = run(loop, fetch.run());
    return more_telling(status, write_stats(fetch, setup.stats, log));
}

/// \a lookups_hang tells whether names were still looked up at the end.
ExitStatus run_with(FetchSetup& setup, Log& log, TimePoint started, bool& lookups_hang) {
    const std::size_t descriptors = room_for_connections();
    setup.options.jobs = fit_jobs(setup.options.jobs, descriptors, log);
    Loop loop;
    Output output(loop, STDOUT_FILENO);
    Output errors(loop, STDERR_FILENO, Output::kHighWater, "stderr");
    const LogsTo logs_to(log, errors);
    const LogsFindings logs_findings(log);
    const DebugSignal debug_signal(loop);
    http::CurlClient network(loop, setup.options.jobs, descriptors);
    const ExitStatus status = fetch_inputs(loop, setup, network, output, log, started);
    lookups_hang = network.lookups_running();
    return status;
}

}  // namespace

int run_fetch(const FetchOptions& given, Log& log, TimePoint started) {
    FetchSetup setup(given);
    bool lookups_hang = false;
    const auto body = [&] {
        const Result<void> prepared = setup.prepare(log);
        return prepared ? run_with(setup, log, started, lookups_hang)
                        : refuse(prepared.error(), log);
    };
    const ExitStatus status = run_command(log, body);
    if (lookups_hang) {
        leave_at_once(status);
    }
    return static_cast<int>(status);
}

}  // namespace runnel
