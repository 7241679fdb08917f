#include "app/check/check_command.hpp"

#include <optional>
#include <utility>

#include "app/check/check_exit_status.hpp"
#include "app/check/check_run.hpp"
#include "app/run/exec_command.hpp"

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
    return run_with_context(
        given.cron, setup.options.policy, log, started, [&setup] { return prepare(setup); },
        [&](RunContext& context) {
            CheckRun check(context, setup, log);
            ended = run(context.loop, check.run());
            return status_for(given.format, *ended, check.plugin_status());
        },
        [&](ExitStatus status) {
            if (!ended) {
                return status_for(given.format, status, std::nullopt);
            }
            if (*ended == ExitStatus::Success && !given.cmd.empty()) {
                const Error failure = exec_command(given.cmd);
                log.error(failure.message());
                log.release();
                return status_for(given.format, status_of_command(failure), std::nullopt);
            }
            return status;
        });
}

}  // namespace runnel
