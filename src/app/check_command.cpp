#include "app/check_command.hpp"

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
    std::optional<int> plugin_status;
    return run_client(
        given.cron, setup.options.policy, log, started, [&setup] { return prepare(setup); },
        [&](ClientRun& at_hand) {
            CheckRun check(at_hand, setup, log);
            const ExitStatus status = run(at_hand.loop, check.run());
            plugin_status = check.plugin_status();
            return status;
        },
        [&](ExitStatus status) {
            if (status == ExitStatus::Success && !given.cmd.empty()) {
                const Error failure = become(given.cmd);
                log.error(failure.message());
                log.release();
                status = status_of_command(failure);
            }
            return status_for(given.format, status, plugin_status);
        });
}

}  // namespace runnel
