#include "app/batch_command.hpp"

#include <unistd.h>

#include <memory>

#include "app/batch_run.hpp"
#include "app/batch_sinks.hpp"
#include "app/command_run.hpp"
#include "app/findings.hpp"
#include "io/debug_signal.hpp"

namespace runnel {

namespace {

ExitStatus run_with(RunFiles& files, const BatchOptions& options, Log& log, TimePoint started) {
    if (isatty(STDIN_FILENO) == 1) {
        std::fputs("runnel: reading lines from the terminal; end with Ctrl-D\n", stderr);
    }
    Loop loop;
    Output output(loop, STDOUT_FILENO);
    Output errors(loop, STDERR_FILENO, Output::kHighWater, "stderr");
    const LogsTo logs_to(log, errors);
    const LogsFindings logs_findings(log);
    const DebugSignal debug_signal(loop);
    const std::unique_ptr<BatchSink> sink = make_batch_sink(loop, options, output, log);
    BatchRun batch_run(loop, options, *sink, files, output, log, started);
    return run(loop, batch_run.run());
}

}  // namespace

int run_batch(const BatchOptions& options, Log& log, TimePoint started) {
    RunFiles files;
    const auto body = [&] {
        Result<void> prepared = check(options);
        if (prepared) {
            prepared = files.dead_letters.open(options.dead_letter);
        }
        if (prepared) {
            prepared = files.journal.open(options.journal, options.resume, log);
        }
        return prepared ? run_with(files, options, log, started) : refuse(prepared.error(), log);
    };
    return static_cast<int>(run_command(log, body));
}

}  // namespace runnel
