#include "app/check_command.hpp"

#include <optional>
#include <utility>

#include "app/check_run.hpp"
#include "app/check_status.hpp"
#include "app/command_failure.hpp"
#include "app/successor.hpp"

namespace runnel {

namespace {

Result<std::size_t> prepare(CheckSetup& setup) {
    Result<void> prepared = setup.prepare();
    return prepared ? Result<std::size_t>(setup.targets.size()) : std::move(prepared).error();
}

}  // namespace

int run_check(const CheckOptions& given, Log& log, TimePoint started) {
    CheckSetup setup(given);
    std::optional<ExitStatus> ended;
    return run_client(
        given.cron, setup.options.policy, log, started, [&setup] { return prepare(setup); },
        [&](ClientRun& at_hand) {
            CheckRun check(at_hand, setup, log);
            ended = run(at_hand.loop, check.run());
            return status_for(given.format, *ended, check.plugin_status());
        },
        [&](ExitStatus status) {
            if (!ended) {
                return status_for(given.format, status, std::nullopt);
            }
            if (*ended == ExitStatus::Success && !given.cmd.empty()) {
                const Error failure = become(given.cmd);
                log.error(failure.message());
                log.release();
                return status_for(given.format, status_of_command(failure), std::nullopt);
            }
            return status;
        });
}

}  // namespace runnel
