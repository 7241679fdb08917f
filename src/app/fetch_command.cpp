#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "app/client_run.hpp"
#include "app/descriptors.hpp"
#include "app/dry_run.hpp"
#include "app/fetch.hpp"
#include "app/fetch_setup.hpp"

namespace runnel {

namespace {

/// With `-o` a job may have a file and its folder open beside its connection.
std::size_t fit_files(const FetchOptions& options, std::size_t jobs, Log& log) {
    const std::size_t room = std::max<std::size_t>(room_for_connections() / 3, 1);
    if (!options.file_template || jobs <= room) {
        return jobs;
    }
    log.warn(
        fmt::format("{} jobs at a time instead of {}: more files may not be open", room, jobs));
    return room;
}

Result<void> write_files(const std::string& stats, FetchSetup& setup) {
    Result<void> written;
    if (setup.stats.wanted()) {
        written = setup.stats.write(stats);
    }
    if (setup.written.etags) {
        Result<void> swapped = setup.etag_file.write(std::move(*setup.written.etags).write());
        written = written ? std::move(swapped) : std::move(written);
    }
    return written;
}

/// What is told when the run is over would be lost with its loop.
ExitStatus tell_unwritten(const Error& error, Loop& loop, Log& log) {
    log.error(error.message());
    run(loop, log.flush(Deadline::after(loop.now(), std::chrono::seconds(1))));
    return ExitStatus::OutputFailed;
}

ExitStatus fetch_inputs(FetchSetup& setup, ClientRun& at_hand, Log& log) {
    setup.options.limits.jobs = fit_files(setup.options, at_hand.jobs, log);
    const FetchOptions& options = setup.options;
    Inputs inputs(at_hand.loop, *setup.maker, options.urls, std::move(setup.files),
                  options.separator);
    if (options.dry_run) {
        DryRun dry_run(at_hand.loop, options, *setup.maker, inputs, at_hand.output, log,
                       at_hand.started);
        return run(at_hand.loop, dry_run.run());
    }
    Fetch fetch(at_hand, options, inputs, setup.written, log);
    const ExitStatus status = run(at_hand.loop, fetch.run());
    const Result<void> written = write_files(fetch.stats(), setup);
    return written ? status
                   : more_telling(status, tell_unwritten(written.error(), at_hand.loop, log));
}

}  // namespace

int run_fetch(const FetchOptions& given, Log& log, TimePoint started) {
    FetchSetup setup(given);
    // What is only shown disturbs nobody.
    const CronOptions cron = given.dry_run ? CronOptions() : given.cron;
    const auto prepare = [&]() -> Result<std::size_t> {
        Result<void> prepared = setup.prepare(log);
        if (!prepared) {
            return std::move(prepared).error();
        }
        AdmissionLimits& limits = setup.options.limits;
        if (limits.adaptive) {
            // As many as there is room for is what was asked for.
            limits.jobs = std::min(limits.jobs, room_for_connections());
        }
        return limits.jobs;
    };
    const auto body = [&](ClientRun& at_hand) { return fetch_inputs(setup, at_hand, log); };
    return run_client(cron, setup.options.policy, log, started, prepare, body);
}

}  // namespace runnel
