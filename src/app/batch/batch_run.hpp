#pragma once

#include <string_view>

#include "app/batch/batch_dispatcher.hpp"
#include "app/batch/batch_plan.hpp"
#include "app/batch/dead_letters.hpp"
#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/journal/journal.hpp"
#include "app/journal/journal_file.hpp"
#include "app/run/shutdown.hpp"
#include "io/line_reader.hpp"
#include "io/output.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// One run of `runnel batch`: reads lines from stdin and gives them to a BatchDispatcher.
class BatchRun {
public:
    /// All arguments must outlive this. \a started: when the process started, for the summary.
    BatchRun(Loop& loop, const BatchPlan& plan, BatchSink& sink, JournalFile& journal,
             DeadLetters& dead_letters, Output& output, Log& log, TimePoint started);

    /// Runs until every batch was accepted or given up and stdout has written what was printed.
    Task<ExitStatus> run();

private:
    Task<void> read_lines();
    Task<void> read_to_end();
    void fail_to_read(std::string_view reason);
    void add(const Line& line);
    Task<void> end();
    void log_ending();

    Loop& loop_;
    Output& output_;
    Log& log_;
    TimePoint started_;
    Shutdown shutdown_;
    Journal journal_;
    BatchDispatcher dispatcher_;
    LineReader input_;
    ExitStatus status_ = ExitStatus::Success;
    std::uint64_t skipped_ = 0;
    bool at_end_ = false;
};

}  // namespace runnel
