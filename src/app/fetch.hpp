#pragma once

#include <memory>

#include "app/client_run.hpp"
#include "app/destination.hpp"
#include "app/exit_status.hpp"
#include "app/failure_log.hpp"
#include "app/fetch_options.hpp"
#include "app/inputs.hpp"
#include "app/item.hpp"
#include "app/journal.hpp"
#include "app/output_form.hpp"
#include "app/progress.hpp"
#include "app/run_control.hpp"
#include "app/run_files.hpp"
#include "app/run_stats.hpp"
#include "async/semaphore.hpp"
#include "http/hedge.hpp"
#include "http/redirect.hpp"
#include "http/retry.hpp"
#include "io/output.hpp"
#include "pipeline/admission.hpp"

namespace runnel {

/// One run of `runnel fetch`: inputs in, lines or records out. Reads as the life of a URL in
/// docs/architecture.md.
class Fetch {
public:
    /// All arguments must outlive this.
    Fetch(ClientRun& at_hand, const FetchOptions& options, Inputs& inputs, RunFiles& files,
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
    void tell_ending();
    [[nodiscard]] RunFacts facts() const;
    [[nodiscard]] Progress progress() const;

    Loop& loop_;
    const FetchOptions& options_;
    Inputs& inputs_;
    Output& output_;
    Log& log_;
    TimePoint started_;
    RunFiles& files_;
    RunControl control_;
    std::unique_ptr<Destination> destination_;
    Journal journal_;
    Admission admission_;
    http::HedgeClient hedge_;
    http::RedirectClient client_;
    http::RetryBudget budget_;
    http::Backoff::Random random_;
    PrintOrder order_;
    std::unique_ptr<OutputForm> form_;
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
