#include "app/batch/batch_command.hpp"

#include <unistd.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "app/batch/batch_plan.hpp"
#include "app/batch/batch_run.hpp"
#include "app/batch/batch_sinks.hpp"
#include "app/batch/redo_file.hpp"
#include "app/run/output_file.hpp"
#include "app/run/run_context.hpp"

namespace runnel {

namespace {

/// For the ping; `batch` makes no other requests.
constexpr std::size_t kConnections = 1;

/// The plan and the files of a run. Everything that can be wrong with its options and files is
/// found by prepare(), before anything starts.
struct BatchSetup {
    [[nodiscard]] Result<PreparedRun> prepare(const BatchOptions& options, Log& log) {
        RUNNEL_TRY_ASSIGN(plan, resolve_batch(options));
        RUNNEL_TRY(redo.open(options.redo, *plan));
        RUNNEL_TRY(dead_letters.open(options.dead_letter, log));
        RUNNEL_TRY(journal.open(options.journal, options.resume, log));
        RUNNEL_TRY(stats.open(options.stats_file));
        return PreparedRun{kConnections, 0, false};
    }

    std::optional<BatchPlan> plan;
    RedoFile redo;
    JournalFile journal;
    DeadLetters dead_letters;
    OutputFile stats{"--stats", OutputFile::Mode::Replace};
};

}  // namespace

int run_batch(const BatchOptions& options, Log& log, TimePoint started) {
    BatchSetup setup;
    const auto prepare = [&] { return setup.prepare(options, log); };
    const auto body = [&](RunContext& context) {
        if (!setup.redo.wanted() && isatty(STDIN_FILENO) == 1) {
            std::fputs("runnel: reading lines from the terminal; end with Ctrl-D\n", stderr);
        }
        setup.dead_letters.print_to(context.output);
        const std::unique_ptr<BatchSink> sink =
            make_batch_sink(context.loop, *setup.plan, context.output, log);
        BatchRun batch_run(context, *setup.plan, setup.redo, *sink, setup.journal,
                           setup.dead_letters, log);
        const ExitStatus status = run(context.loop, batch_run.run());
        const Result<void> written =
            setup.stats.wanted() ? setup.stats.write(batch_run.stats()) : Result<void>();
        return end_files(status, written, context.loop, log);
    };
    return run_with_context(options.cron, log, started, prepare, body, {}, options.deadline);
}

}  // namespace runnel
