#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "app/batch/batch_dispatcher.hpp"
#include "app/batch/batch_input.hpp"
#include "app/batch/batch_plan.hpp"
#include "app/batch/dead_letters.hpp"
#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/console/progress.hpp"
#include "app/journal/journal.hpp"
#include "app/journal/journal_file.hpp"
#include "app/run/run_context.hpp"
#include "app/run/shutdown.hpp"
#include "io/output.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// One run of `runnel batch`: reads lines and gives them to a BatchDispatcher.
class BatchRun {
public:
    /// All arguments must outlive this.
    BatchRun(RunContext& context, const BatchPlan& plan, const RedoFile& redo, BatchSink& sink,
             JournalFile& journal, DeadLetters& dead_letters, Log& log);

    /// Runs until every batch was accepted or given up and stdout has written all output.
    Task<ExitStatus> run();
    /// Returns the text of `--stats`.
    [[nodiscard]] std::string stats() const;

private:
    Task<void> read_lines();
    Task<void> read_to_end();
    void fail_to_read(std::string_view message);
    void add(const Line& line);
    Task<void> end();
    void log_ending();
    [[nodiscard]] Progress progress() const;

    Loop& loop_;
    Output& output_;
    Log& log_;
    TimePoint started_;
    Shutdown shutdown_;
    Journal journal_;
    BatchDispatcher dispatcher_;
    BatchInput input_;
    ProgressBar progress_bar_;
    ExitStatus status_ = ExitStatus::Success;
    std::uint64_t skipped_ = 0;
};

}  // namespace runnel
