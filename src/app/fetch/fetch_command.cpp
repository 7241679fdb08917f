#include "app/fetch/fetch_command.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "app/fetch/dry_run.hpp"
#include "app/fetch/fetch_run.hpp"
#include "app/fetch/fetch_setup.hpp"
#include "app/run/run_context.hpp"
#include "io/descriptor_limit.hpp"

namespace runnel {

namespace {

/// Returns how many \a jobs fit. With `-o` a job may have a file and a folder open in addition
/// to its connection.
std::size_t fit_files(const OutputPlan& plan, std::size_t jobs, Log& log) {
    const std::size_t limit = std::max<std::size_t>(connection_limit() / 3, 1);
    return plan.files ? limit_jobs(jobs, limit, log) : jobs;
}

/// Writes the files of `--left`, `--stats` and `--etag-store`. Tries all and returns the first
/// error.
Result<void> write_files(const std::string& stats, FetchSetup& setup, InputReader& inputs,
                         Loop& loop, Log& log) {
    Result<void> written = run(loop, setup.files.left.write(inputs, log));
    if (setup.stats.wanted()) {
        Result<void> counts = setup.stats.write(stats);
        written = written ? std::move(counts) : std::move(written);
    }
    if (setup.files.etags) {
        Result<void> swapped = setup.etag_file.write(std::move(*setup.files.etags).write());
        written = written ? std::move(swapped) : std::move(written);
    }
    return written;
}

ExitStatus fetch_inputs(FetchSetup& setup, RunContext& context, Log& log) {
    context.jobs = fit_files(setup.plan->output, context.jobs, log);
    InputReader inputs(context.loop, *setup.maker, setup.options.urls, std::move(setup.inputs),
                       setup.options.separator);
    if (setup.options.dry_run) {
        DryRun dry_run(context.loop, *setup.plan, *setup.maker, inputs, context.output, log,
                       context.started);
        return run(context.loop, dry_run.run());
    }
    FetchRun fetch(context, *setup.plan, inputs, setup.files, log);
    const ExitStatus status = run(context.loop, fetch.run());
    const Result<void> written = write_files(fetch.stats(), setup, inputs, context.loop, log);
    return end_files(status, written, context.loop, log);
}

}  // namespace

int run_fetch(const FetchOptions& options, Log& log, TimePoint started) {
    FetchSetup setup(options);
    // A dry run makes no requests: skip splay, lock and ping.
    const ScheduleOptions schedule = options.dry_run ? ScheduleOptions() : options.cron;
    const auto prepare = [&]() -> Result<PreparedRun> {
        RUNNEL_TRY(setup.prepare(log));
        // An adaptive number of jobs is lowered to fit without a warning.
        const AdmissionLimits& limits = setup.plan->limits;
        const std::size_t jobs =
            limits.adaptive ? std::min(limits.jobs, connection_limit()) : limits.jobs;
        return PreparedRun{jobs, setup.requests->mock_port(), !options.dry_run};
    };
    const auto body = [&](RunContext& context) { return fetch_inputs(setup, context, log); };
    return run_with_context(schedule, log, started, prepare, body, {}, options.deadline);
}

}  // namespace runnel
