#include "app/batch/batch_command.hpp"

#include <unistd.h>

#include <cstdio>
#include <memory>

#include "app/batch/batch_run.hpp"
#include "app/batch/batch_sinks.hpp"
#include "app/run/run_context.hpp"

namespace runnel {

namespace {

/// Connections that `batch` needs: for pings.
constexpr std::size_t kConnections = 1;

struct BatchFiles {
    JournalFile journal;
    DeadLetters dead_letters;
};

Result<PreparedRun> prepare(BatchFiles& files, const BatchOptions& options, Log& log) {
    RUNNEL_TRY(check(options));
    RUNNEL_TRY(files.dead_letters.open(options.dead_letter));
    RUNNEL_TRY(files.journal.open(options.journal, options.resume, log));
    return PreparedRun{kConnections};
}

}  // namespace

int run_batch(const BatchOptions& options, Log& log, TimePoint started) {
    BatchFiles files;
    const auto body = [&](RunContext& context) {
        if (isatty(STDIN_FILENO) == 1) {
            std::fputs("runnel: reading lines from the terminal; end with Ctrl-D\n", stderr);
        }
        const std::unique_ptr<BatchSink> sink =
            make_batch_sink(context.loop, options, context.output, log);
        BatchRun batch_run(context.loop, options, *sink, files.journal, files.dead_letters,
                           context.output, log, context.started);
        return run(context.loop, batch_run.run());
    };
    return run_with_context(
        options.cron, log, started, [&] { return prepare(files, options, log); }, body);
}

}  // namespace runnel
