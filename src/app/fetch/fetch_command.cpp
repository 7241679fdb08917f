#include <algorithm>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "app/fetch/dry_run.hpp"
#include "app/fetch/fetch_run.hpp"
#include "app/fetch/fetch_setup.hpp"
#include "app/run/run_context.hpp"
#include "io/descriptor_limit.hpp"

namespace runnel {

namespace {

/// With `-o` a job may have a file and its folder open beside its connection.
std::size_t fit_files(const FetchOptions& options, std::size_t jobs, Log& log) {
    const std::size_t writable = std::max<std::size_t>(connection_limit() / 3, 1);
    return options.file_template ? limit_jobs(jobs, writable, log) : jobs;
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
ExitStatus log_unwritten(const Error& error, Loop& loop, Log& log) {
    log.error(error.message());
    run(loop, log.flush(Deadline::after(loop.now(), std::chrono::seconds(1))));
    return ExitStatus::OutputFailed;
}

ExitStatus fetch_inputs(FetchSetup& setup, RunContext& context, Log& log) {
    setup.options.limits.jobs = fit_files(setup.options, context.jobs, log);
    const FetchOptions& options = setup.options;
    InputReader inputs(context.loop, *setup.maker, options.urls, std::move(setup.files),
                       options.separator);
    if (options.dry_run) {
        DryRun dry_run(context.loop, options, *setup.maker, inputs, context.output, log,
                       context.started);
        return run(context.loop, dry_run.run());
    }
    FetchRun fetch(context, options, inputs, setup.written, log);
    const ExitStatus status = run(context.loop, fetch.run());
    const Result<void> written = write_files(fetch.stats(), setup);
    return written ? status
                   : more_severe(status, log_unwritten(written.error(), context.loop, log));
}

}  // namespace

int run_fetch(const FetchOptions& given, Log& log, TimePoint started) {
    FetchSetup setup(given);
    // What is only shown disturbs nobody.
    const ScheduleOptions cron = given.dry_run ? ScheduleOptions() : given.cron;
    const auto prepare = [&]() -> Result<PreparedRun> {
        RUNNEL_TRY(setup.prepare(log));
        AdmissionLimits& limits = setup.options.limits;
        if (limits.adaptive) {
            // As many as there is room for is what was asked for.
            limits.jobs = std::min(limits.jobs, connection_limit());
        }
        return PreparedRun{limits.jobs, setup.options.policy.routes.everything_to};
    };
    const auto body = [&](RunContext& context) { return fetch_inputs(setup, context, log); };
    return run_with_context(cron, log, started, prepare, body);
}

}  // namespace runnel
