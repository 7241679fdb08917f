#include "app/check/check_command.hpp"

#include <optional>

#include "app/check/check_exit_status.hpp"
#include "app/check/check_run.hpp"
#include "app/run/exec_command.hpp"

namespace runnel {

int run_check(const CheckOptions& options, Log& log, TimePoint started) {
    std::optional<CheckPlan> plan;
    CheckFiles files;
    std::optional<ExitStatus> checked;
    const auto prepare = [&]() -> Result<PreparedRun> {
        RUNNEL_TRY_ASSIGN(plan, plan_check(options));
        RUNNEL_TRY(files.open(options));
        return PreparedRun{plan->targets.size(), plan->requests.mock_port()};
    };
    const auto body = [&](RunContext& context) {
        CheckRun check(context, *plan, files, log);
        checked = run(context.loop, check.run());
        return status_for(options.format, *checked, check.plugin_status());
    };
    const auto last = [&](ExitStatus status) {
        if (!checked) {
            return status_for(options.format, status, std::nullopt);
        }
        if (*checked == ExitStatus::Success && !options.cmd.empty()) {
            const Error failure = exec_command(options.cmd);
            log.error(failure.message());
            log.release();
            return status_for(options.format, status_of_command(failure), std::nullopt);
        }
        return status;
    };
    return run_with_context(options.cron, log, started, prepare, body, last);
}

}  // namespace runnel
