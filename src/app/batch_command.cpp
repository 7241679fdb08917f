#include "app/batch_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <system_error>

#include "app/batch_run.hpp"
#include "app/command_sink.hpp"
#include "app/coprocess_sink.hpp"
#include "app/findings.hpp"
#include "app/json_sink.hpp"
#include "io/debug_signal.hpp"

namespace runnel {

namespace {

int refuse(const Error& error, Log& log) {
    log.error(error.message());
    log.release();
    const bool unwritable = error.error_class() == ErrorClass::Sink;
    return static_cast<int>(unwritable ? ExitStatus::OutputFailed : ExitStatus::Usage);
}

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
    Result<void> prepared = check(options);
    if (prepared) {
        prepared = dead_letters.open(options.dead_letter);
    }
    if (!prepared) {
        return refuse(prepared.error(), log);
    }
    if (isatty(STDIN_FILENO) == 1) {
        std::fputs("runnel: reading lines from the terminal; end with Ctrl-D\n", stderr);
    }
    ExitStatus status = ExitStatus::Success;
    try {
        status = run_with(dead_letters, options, log, started);
    } catch (const std::system_error& failure) {
        // The threads that read and write could not be started.
        log.error(fmt::format("the system has no room: {}", failure.what()));
        status = ExitStatus::Failed;
    }
    if (status != ExitStatus::Success && status != ExitStatus::ReaderGone) {
        log.release();
    }
    return static_cast<int>(status);
}

}  // namespace runnel
