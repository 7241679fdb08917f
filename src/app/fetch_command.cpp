#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

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

int refuse(const Error& error, Log& log) {
    log.error(error.message());
    log.release();
    const bool unwritable = error.error_class() == ErrorClass::Sink;
    return static_cast<int>(unwritable ? ExitStatus::OutputFailed : ExitStatus::Usage);
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

}  // namespace

int run_fetch(const FetchOptions& given, Log& log, TimePoint started) {
    FetchSetup setup(given);
    ExitStatus status = ExitStatus::Success;
    bool lookups_hang = false;
    try {
        const Result<void> prepared = setup.prepare();
        if (!prepared) {
            return refuse(prepared.error(), log);
        }
        const FetchOptions& options = setup.options;
        const std::size_t descriptors = room_for_connections();
        setup.options.jobs = fit_jobs(options.jobs, descriptors, log);
        Loop loop;
        Output output(loop, STDOUT_FILENO);
        Output errors(loop, STDERR_FILENO, Output::kHighWater, "stderr");
        const LogsTo logs_to(log, errors);
        const LogsFindings logs_findings(log);
        const DebugSignal debug_signal(loop);
        http::CurlClient network(loop, options.jobs, descriptors);
        Inputs inputs(loop, *setup.maker, options.urls, std::move(setup.files), options.separator);
        if (options.dry_run) {
            DryRun dry_run(loop, options, *setup.maker, inputs, output, log, started);
            status = run(loop, dry_run.run());
        } else {
            Fetch fetch(loop, options, network, inputs, output, log, started);
            status = run(loop, fetch.run());
            status = more_telling(status, write_stats(fetch, setup.stats, log));
        }
        lookups_hang = network.lookups_running();
    } catch (const std::system_error& failure) {
        // The threads that read and write could not be started.
        log.error(fmt::format("the system has no room: {}", failure.what()));
        status = ExitStatus::Failed;
    }
    if (status != ExitStatus::Success && status != ExitStatus::ReaderGone) {
        log.release();
    }
    if (lookups_hang) {
        leave_at_once(status);
    }
    return static_cast<int>(status);
}

}  // namespace runnel
