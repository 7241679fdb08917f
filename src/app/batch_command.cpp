#include "app/batch_command.hpp"

#include <unistd.h>

#include <memory>

#include "app/batch_run.hpp"
#include "app/command_run.hpp"
#include "app/command_sink.hpp"
#include "app/coprocess_sink.hpp"
#include "app/findings.hpp"
#include "app/json_sink.hpp"
#include "io/debug_signal.hpp"

namespace runnel {

namespace {

std::unique_ptr<BatchSink> make_sink(Loop& loop, const BatchOptions& options, Output& output,
                                     Log& log) {
    if (options.cmd.empty()) {
        return std::make_unique<JsonSink>(output);
    }
    if (options.coprocess) {
        return std::make_unique<CoprocessSink>(loop, options.cmd, options.jobs, options.max_time,
                                               options.grace, output);
    }
    return std::make_unique<CommandSink>(loop, options.cmd, options.max_time, output, log);
}

ExitStatus run_with(DeadLetters& dead_letters, const BatchOptions& options, Log& log,
                    TimePoint started) {
    if (isatty(STDIN_FILENO) == 1) {
        std::fputs("runnel: reading lines from the terminal; end with Ctrl-D\n", stderr);
    }
    Loop loop;
    Output output(loop, STDOUT_FILENO);
    Output errors(loop, STDERR_FILENO, Output::kHighWater, "stderr");
    const LogsTo logs_to(log, errors);
    const LogsFindings logs_findings(log);
    const DebugSignal debug_signal(loop);
    const std::unique_ptr<BatchSink> sink = make_sink(loop, options, output, log);
    BatchRun batch_run(loop, options, *sink, dead_letters, output, log, started);
    return run(loop, batch_run.run());
}

}  // namespace

int run_batch(const BatchOptions& options, Log& log, TimePoint started) {
    DeadLetters dead_letters;
    const auto body = [&] {
        Result<void> prepared = check(options);
        if (prepared) {
            prepared = dead_letters.open(options.dead_letter);
        }
        return prepared ? run_with(dead_letters, options, log, started)
                        : refuse(prepared.error(), log);
    };
    return static_cast<int>(run_command(log, body));
}

}  // namespace runnel
