#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "app/batch/batch_options.hpp"
#include "app/batch/dead_letters.hpp"
#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/run/shutdown.hpp"
#include "async/semaphore.hpp"
#include "async/task_group.hpp"
#include "http/backoff.hpp"
#include "io/line_cutter.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"
#include "pipeline/batch_delivery.hpp"
#include "pipeline/batch_sink.hpp"
#include "pipeline/batcher.hpp"

namespace runnel {

/// The lines of a run on their way to a sink, in batches. Every line that was given to it is
/// accepted in the end, or is a dead letter; whoever gave it hears which.
///
///     add() -> Batcher -> dispatch() -> handle(), one for each batch in hand -> conclude()
class BatchDispatcher {
public:
    /// What has become of the lines so far.
    struct Counts {
        std::uint64_t lines = 0;     ///< Given to it.
        std::uint64_t accepted = 0;  ///< Of them.
        std::uint64_t batches = 0;
        std::uint64_t failed = 0;  ///< Batches that were not accepted.
        std::uint64_t retries = 0;
    };

    /// All arguments but \a options must outlive this. A second signal kills what runs for the
    /// sink. With a journal, lines are accepted when \a output, which is stdout, has taken what the
    /// sink printed of them.
    BatchDispatcher(Loop& loop, const BatchOptions& options, BatchSink& sink,
                    DeadLetters& dead_letters, Output& output, Shutdown& shutdown, Log& log);

    /// Most bytes of a line; whoever reads skips a longer one.
    [[nodiscard]] std::uint64_t max_line() const noexcept { return max_line_; }

    [[nodiscard]] bool is_writable() const noexcept { return batcher_.is_writable(); }
    /// Waits while there are more lines than can be dealt with. Cancelled when stop is requested.
    [[nodiscard]] auto writable() noexcept { return batcher_.writable(); }
    /// Takes a line, at once; \a owner, if there is one, hears what becomes of it. One that cannot
    /// be delivered is a dead letter there and then.
    void add(const Line& line, const std::shared_ptr<LineOwner>& owner = nullptr);
    /// No more lines: what is there goes out.
    void close() noexcept { batcher_.close(); }

    /// Starts a child of \a work for each batch, as jobs are free, until closed and empty. Hears no
    /// stop: when \a work is asked to stop, its children conclude what is left.
    [[nodiscard]] Task<void> dispatch(TaskGroup& work);
    /// When all have ended: waits until nothing is left of the sink.
    [[nodiscard]] Task<void> finish();

    [[nodiscard]] Counts counts() const noexcept;
    /// What the process shall tell of it.
    [[nodiscard]] ExitStatus status() const noexcept { return status_; }

private:
    [[nodiscard]] std::string objection_to(const Line& line) const;
    Task<void> handle(Batch batch, Permit job);
    [[nodiscard]] Task<std::optional<Error>> deliver(Batch& batch);
    [[nodiscard]] Task<std::optional<Error>> until_written();
    void end_because(const Error& failure);
    void conclude(Batch& batch, const std::optional<Error>& failure);
    void give_up(std::size_t lines, const Result<void>& kept, const std::string& what);
    void log_retry(const Batch& batch, const Verdict& verdict, Duration wait);

    BatchSink& sink_;
    DeadLetters& dead_letters_;
    Output& output_;
    Shutdown& shutdown_;
    Log& log_;
    bool journaled_;
    bool lines_are_arguments_;
    std::uint64_t max_line_;
    Batcher batcher_;
    Semaphore jobs_;
    Semaphore unwritten_;
    http::Backoff::Random random_;
    BatchDelivery delivery_;

    ExitStatus status_ = ExitStatus::Success;
    bool hinted_ = false;
    std::uint64_t refused_ = 0;
    Counts counts_;
};

}  // namespace runnel
