#include "app/check/check_command.hpp"

#include <unistd.h>

#include <optional>

#include "app/check/check_exit_status.hpp"
#include "app/check/check_run.hpp"
#include "app/check/plugin_line.hpp"
#include "app/run/exec_command.hpp"
#include "base/write_all.hpp"

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
    PluginLine first_line(options.format, log);
    const auto body = [&](RunContext& context) {
        if (plan->grace) {
            first_line.stop_holding();
        }
        CheckRun check(context, *plan, files, first_line, log);
        checked = run(context.loop, check.run());
        return status_for(options.format, *checked, check.plugin_status());
    };
    const auto last = [&](ExitStatus status) {
        const bool becomes_cmd = checked == ExitStatus::Success && !options.cmd.empty();
        if (becomes_cmd) {
            first_line.set_printed();  // stdout belongs to CMD
        }
        first_line.finish();
        if (!checked) {
            return status_for(options.format, status, std::nullopt);
        }
        if (becomes_cmd) {
            const Error failure = exec_command(options.cmd);
            static_cast<void>(write_all(STDOUT_FILENO, options.text_before_run(failure.message())));
            log.error(failure.message());
            log.release();
            return status_for(options.format, status_of_command(failure), std::nullopt);
        }
        return status;
    };
    return run_with_context(options.cron, log, started, prepare, body, last, deadline_of(options));
}

}  // namespace runnel
