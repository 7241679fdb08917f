#pragma once

#include <memory>
#include <string>

#include "app/console/exit_status.hpp"
#include "app/console/progress.hpp"
#include "app/fetch/failure_log.hpp"
#include "app/fetch/fetch_plan.hpp"
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

/// One run of `runnel fetch`. Reads like "The life of a URL" in docs/architecture.md.
class FetchRun {
public:
    /// All arguments must outlive this.
    FetchRun(RunContext& context, const FetchPlan& plan, InputReader& inputs, RunFiles& files,
             Log& log);

    /// Runs until every input has its record and the sink has taken all output.
    Task<ExitStatus> run();

    /// Returns the text of `--stats`.
    [[nodiscard]] std::string stats() const { return stats_.json(facts()); }

private:
    Task<void> read_inputs(TaskGroup& items);
    Task<void> wait_until_writable();
    Task<void> start(Input input, TaskGroup& items);
    void skip(const Input& input, std::uint64_t left_number);
    Task<void> handle(Item item, Permit permit);
    Task<Result<void>> fetch(Item& item);
    Task<Result<void>> fetch_with_retries(Item& item);
    Task<void> wait_for_retry(Duration span);
    Task<Result<void>> attempt(Item& item);
    Task<Result<void>> deliver(http::Response& response, Item& item);
    Task<void> wait_for_room(Item& item);
    void conclude(Item& item);
    void settle(const Record& record, const JournalKey& key, std::uint64_t left_number);
    [[nodiscard]] ExitStatus status() const;
    Task<void> end();
    void log_ending();
    [[nodiscard]] RunFacts facts() const;
    [[nodiscard]] Progress progress() const;

    Loop& loop_;
    const FetchPlan& plan_;
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
    http::Retrier retrier_;
    PrintOrder order_;
    std::unique_ptr<OutputFormat> format_;
    Semaphore open_items_;
    RunStats stats_;
    FailureLog failures_;
    ProgressBar progress_bar_;
    std::uint64_t skipped_ = 0;
    bool unreadable_ = false;  ///< An input file could not be read to its end.
    bool unwritten_ = false;   ///< The file of a body could not be written.
};

}  // namespace runnel
