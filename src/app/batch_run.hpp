#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "app/batch_options.hpp"
#include "app/dead_letters.hpp"
#include "app/exit_status.hpp"
#include "app/log.hpp"
#include "app/run_control.hpp"
#include "async/semaphore.hpp"
#include "http/backoff.hpp"
#include "io/line_reader.hpp"
#include "io/output.hpp"
#include "pipeline/batch_delivery.hpp"
#include "pipeline/batch_sink.hpp"
#include "pipeline/batcher.hpp"

namespace runnel {

/// One run of `runnel batch`: lines in, batches to a sink. Every line that was read is accepted, or
/// is a dead letter.
///
///     read_lines -> Batcher -> dispatch -> handle, one for each batch in hand -> conclude
class BatchRun {
public:
    /// All arguments must outlive this. \a started: when the process did, for the summary.
    BatchRun(Loop& loop, const BatchOptions& options, BatchSink& sink, DeadLetters& dead_letters,
             Output& output, Log& log, TimePoint started);

    /// Until every batch was accepted or given up, and stdout has taken what was printed.
    Task<ExitStatus> run();

private:
    Task<void> read_lines();
    Task<void> read_to_end();
    void fail_to_read(std::string_view reason);
    void take(const Line& line);
    Task<void> dispatch(TaskGroup& work);
    Task<void> handle(Batch batch, Permit job);
    [[nodiscard]] Task<std::optional<Error>> deliver(Batch& batch);
    void end_because(const Error& failure);
    void conclude(Batch& batch, const std::optional<Error>& failure);
    void give_up(std::size_t lines, const Result<void>& kept, const std::string& what);
    Task<void> close_sink();
    void tell_ending();

    Loop& loop_;
    const BatchOptions& options_;
    BatchSink& sink_;
    DeadLetters& dead_letters_;
    Output& output_;
    Log& log_;
    TimePoint started_;
    RunControl control_;
    bool lines_are_arguments_;
    std::uint64_t max_line_;
    LineReader input_;
    Batcher batcher_;
    Semaphore jobs_;
    http::Backoff::Random random_;
    BatchDelivery delivery_;

    ExitStatus status_ = ExitStatus::Success;
    bool at_end_ = false;
    bool hinted_ = false;
    std::uint64_t refused_ = 0;   // lines
    std::uint64_t accepted_ = 0;  // lines
    std::uint64_t failed_ = 0;    // batches
    std::uint64_t retries_ = 0;
};

}  // namespace runnel
