#include <utility>

#include "app/client_run.hpp"
#include "app/dry_run.hpp"
#include "app/fetch.hpp"
#include "app/fetch_setup.hpp"

namespace runnel {

namespace {

ExitStatus write_stats(const Fetch& fetch, OptionFile& file, Log& log) {
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

ExitStatus fetch_inputs(FetchSetup& setup, ClientRun& at_hand, Log& log) {
    setup.options.jobs = at_hand.jobs;
    const FetchOptions& options = setup.options;
    Inputs inputs(at_hand.loop, *setup.maker, options.urls, std::move(setup.files),
                  options.separator);
    if (options.dry_run) {
        DryRun dry_run(at_hand.loop, options, *setup.maker, inputs, at_hand.output, log,
                       at_hand.started);
        return run(at_hand.loop, dry_run.run());
    }
    Fetch fetch(at_hand.loop, options, at_hand.network, inputs, at_hand.output, setup.written, log,
                at_hand.started);
    const ExitStatus status = run(at_hand.loop, fetch.run());
    return more_telling(status, write_stats(fetch, setup.stats, log));
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
        return setup.options.jobs;
    };
    const auto body = [&](ClientRun& at_hand) { return fetch_inputs(setup, at_hand, log); };
    return run_client(cron, setup.options.policy, log, started, prepare, body);
}

}  // namespace runnel
