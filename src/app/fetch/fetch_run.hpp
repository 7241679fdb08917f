#pragma once

#include <memory>

#include "app/console/exit_status.hpp"
#include "app/console/progress.hpp"
#include "app/fetch/failure_log.hpp"
#include "app/fetch/fetch_options.hpp"
#include "app/fetch/input_reader.hpp"
#include "app/fetch/run_files.hpp"
#include "app/fetch/run_stats.hpp"
#include "app/format/item.hpp"
#include "app/format/output_format.hpp"
#include "app/journal/journal.hpp"
#include "app/output/sink.hpp"
#include "app/run/run_context.hpp"
#include "app/run/shutdown.hpp"
#include "async/semaphore.hpp"
#include "http/hedge.hpp"
#include "http/redirect.hpp"
#include "http/retry.hpp"
#include "io/output.hpp"
#include "pipeline/admission.hpp"

namespace runnel {

/// One run of `runnel fetch`: inputs in, lines or records out. Reads as the life of a URL in
/// docs/architecture.md.
class FetchRun {
public:
    /// All arguments must outlive this.
    FetchRun(RunContext& context, const FetchOptions& options, InputReader& inputs, RunFiles& files,
             Log& log);

    /// Until every input has its record, and who is to take what was printed has taken it.
    Task<ExitStatus> run();

    /// What `--stats` writes: see RunStats::json.
    [[nodiscard]] std::string stats() const { return stats_.json(facts()); }

private:
    Task<void> read_inputs(TaskGroup& items);
    Task<void> handle(Item item, Permit permit);
    Task<void> fetch_item(Item& item);
    Task<void> fetch_request(Item& item);
    Task<Result<void>> attempt(Item& item);
    Task<void> wait_for_retry(Duration span);
    Task<Result<void>> deliver(http::Response& response, Item& item);
    void conclude(Item& item);
    void settle(const Record& record, const JournalKey& key);
    [[nodiscard]] ExitStatus status() const;
    Task<void> end();
    void log_ending();
    [[nodiscard]] RunFacts facts() const;
    [[nodiscard]] Progress progress() const;

    Loop& loop_;
    const FetchOptions& options_;
    InputReader& inputs_;
    Output& output_;
    Log& log_;
    TimePoint started_;
    RunFiles& files_;
    Shutdown shutdown_;
    std::unique_ptr<Sink> sink_;
    Journal journal_;
    Admission admission_;
    http::HedgeClient hedge_;
    http::RedirectClient client_;
    http::RetryBudget budget_;
    http::Backoff::Random random_;
    PrintOrder order_;
    std::unique_ptr<OutputFormat> format_;
    Semaphore in_hand_;
    RunStats stats_;
    FailureLog failures_;
    ProgressBar progress_bar_;
    std::uint64_t skipped_ = 0;
    bool unreadable_ = false;  ///< A file could not be read to its end.
    bool unwritten_ = false;   ///< The file of a body could not be written.
};

/// The command: makes what a run needs, runs it, gives its exit status.
[[nodiscard]] int run_fetch(const FetchOptions& given, Log& log, TimePoint started);

}  // namespace runnel
