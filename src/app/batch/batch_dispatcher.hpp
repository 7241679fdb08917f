#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/batch/batch_jobs.hpp"
#include "app/batch/batch_plan.hpp"
#include "app/batch/dead_letters.hpp"
#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/run/shutdown.hpp"
#include "async/semaphore.hpp"
#include "async/task_group.hpp"
#include "http/backoff.hpp"
#include "io/job_signals.hpp"
#include "io/line_cutter.hpp"
#include "io/loop.hpp"
#include "io/orphan_reaper.hpp"
#include "io/output.hpp"
#include "pipeline/batch_delivery.hpp"
#include "pipeline/batch_sink.hpp"
#include "pipeline/batcher.hpp"

namespace runnel {

/// Delivers lines to a sink in batches. Every added line is either accepted or becomes a dead
/// letter in the end, and its LineOwner is notified of which.
///
///     add() -> Batcher -> dispatch() -> handle(), one per batch -> conclude()
class BatchDispatcher {
public:
    /// Counts so far.
    struct Counts {
        std::uint64_t lines = 0;     ///< Added.
        std::uint64_t accepted = 0;  ///< Lines.
        std::uint64_t batches = 0;
        std::uint64_t failed = 0;  ///< Batches that were not accepted.
        std::uint64_t retries = 0;
        std::uint64_t failed_lines = 0;     ///< Finally not accepted.
        std::uint64_t cancelled_lines = 0;  ///< Not accepted because the run ended.
        std::size_t in_flight = 0;          ///< Batches.

        /// Lines that were accepted or have failed.
        [[nodiscard]] std::uint64_t ended() const noexcept { return accepted + failed_lines; }
    };

    /// All arguments must outlive this. A second signal kills the processes of \a sink. With a
    /// journal, a line is accepted only when \a output, which is stdout, has written what the sink
    /// printed for it.
    BatchDispatcher(Loop& loop, const BatchPlan& plan, BatchSink& sink, DeadLetters& dead_letters,
                    Output& output, Shutdown& shutdown, Log& log);

    [[nodiscard]] bool is_writable() const noexcept { return batcher_.is_writable(); }
    /// Waits while a complete batch waits for a job. Cancelled when stop is requested.
    [[nodiscard]] auto writable() noexcept { return batcher_.writable(); }
    /// Adds a line without waiting; \a owner, if not null, is notified of its outcome. A line that
    /// cannot be delivered becomes a dead letter at once.
    void add(const Line& line, const std::shared_ptr<LineOwner>& owner = nullptr);
    /// Numbers the batches from the one after \a last on (RUNNEL_JOB_ID).
    void number_after(std::uint64_t last) noexcept { batcher_.number_after(last); }
    /// Returns the number of the last batch.
    [[nodiscard]] std::uint64_t last_number() const noexcept { return batcher_.last_number(); }
    /// Ends the input: the last batch is delivered as it is.
    void close() noexcept { batcher_.close(); }

    /// Starts a child of \a work for each batch, as jobs become free, until closed and empty. A
    /// stop of \a work does not end it: the children then conclude the remaining batches without an
    /// attempt. So it must not be run as a child of \a work.
    [[nodiscard]] Task<void> dispatch(TaskGroup& work);
    /// Concludes the accepted batches whose output was still being written when the run was
    /// stopped. Those whose output was not written fail with \a reason. To be called after the last
    /// flush of stdout.
    void settle_rest(const Error& reason);
    /// Waits until the sink has ended its processes. To be called after all children of dispatch()
    /// have ended.
    [[nodiscard]] Task<void> finish();

    [[nodiscard]] Counts counts() const noexcept;
    /// Returns the exit status of the deliveries so far.
    [[nodiscard]] ExitStatus status() const noexcept;

private:
    Task<void> handle(Batch batch, Permit job);
    [[nodiscard]] Task<void> settle(Batch& batch, Permit* job);
    void accept(Batch lines);
    [[nodiscard]] Task<void> conclude_when_written(Batch lines, std::uint64_t position);
    [[nodiscard]] std::optional<Error> failure_of(const Result<Verdict>& verdict);
    [[nodiscard]] Task<bool> make_room(const Verdict& verdict);
    [[nodiscard]] Task<std::optional<Error>> written_up_to(std::uint64_t position);
    void end_run(const Error& failure);
    void count_failed(std::size_t lines);
    void conclude(Batch batch, const std::optional<Error>& failure);
    void log_lost(std::size_t lines, const Result<void>& kept, const std::string& reason);
    void log_output(std::uint64_t number, std::string_view output);
    void log_retry(const Batch& batch, const Verdict& verdict, Duration wait);

    const BatchPlan& plan_;
    BatchSink& sink_;
    DeadLetters& dead_letters_;
    Output& output_;
    Shutdown& shutdown_;
    Log& log_;
    Batcher batcher_;
    BatchJobs jobs_;
    JobSignals job_signals_;
    OrphanReaper orphan_reaper_;
    Semaphore unwritten_;
    /// Accepted batches of a stopped run, with the position of stdout after their output.
    std::vector<std::pair<std::uint64_t, Batch>> accepted_unwritten_;
    http::Backoff::Random random_;
    BatchDelivery delivery_;
    TaskGroup* work_ = nullptr;  ///< The group of dispatch().

    ExitStatus status_ = ExitStatus::Success;
    bool has_fewer_jobs_ = false;
    bool sink_failed_ = false;   ///< It cannot take batches any more.
    bool hinted_ = false;        ///< --dead-letter was suggested.
    std::uint64_t refused_ = 0;  ///< Lines that could not be delivered.
    Counts counts_;
};

}  // namespace runnel
