#include "app/batch/batch_dispatcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>
#include <exception>
#include <random>
#include <utility>

#include "app/run/exec_command.hpp"
#include "base/text.hpp"

namespace runnel {

namespace {

/// Maximum number of accepted batches whose output stdout has not written yet, in addition to one
/// per job.
constexpr std::size_t kAcceptedUnwritten = 100;

/// Interval of the warning about a batch whose verdict is still "not now" (attempts).
constexpr std::size_t kNotNowInterval = 7;

/// Whether the batch itself failed, as opposed to being cancelled by the end of the run.
bool is_final(const Error& failure) {
    return failure.error_class() == ErrorClass::Sink ||
           failure.error_class() == ErrorClass::Internal;
}

std::string counted(std::size_t count, const char* what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

BatchDispatcher::BatchDispatcher(Loop& loop, const BatchPlan& plan, BatchSink& sink,
                                 DeadLetters& dead_letters, Output& output, Shutdown& shutdown,
                                 Log& log)
    : plan_(plan),
      sink_(sink),
      dead_letters_(dead_letters),
      output_(output),
      shutdown_(shutdown),
      log_(log),
      batcher_(loop, plan.limits, plan.delimiter),
      jobs_(plan.jobs),
      job_signals_(loop, [this](int signal) { sink_.signal(signal); }),
      orphan_reaper_(loop),
      unwritten_(plan.jobs + kAcceptedUnwritten),
      random_(std::random_device()()),
      delivery_(
          sink, plan.retries, random_,
          [this](const Verdict& verdict) { return make_room(verdict); },
          [this](const Batch& batch, const Verdict& verdict, Duration wait) {
              log_retry(batch, verdict, wait);
          }) {
    shutdown_.before_exit([this] { sink_.signal(SIGKILL); });
    sink_.on_accepted([this](Batch lines) { accept(std::move(lines)); });
    if (plan_.keep_order) {
        sink_.keep(jobs_.order());
    }
}

void BatchDispatcher::add(const Line& line, const std::shared_ptr<LineOwner>& owner) {
    const std::string objection = objection_to(line, plan_);
    if (objection.empty()) {
        batcher_.add(line.text, owner);
        return;
    }
    ++refused_;
    const DeadLetter letter{line.text, objection, 0, line.too_long};
    log_lost(1, dead_letters_.add(letter), fmt::format("line {}: {}", line.number, objection));
    if (owner) {
        owner->settle(1, Error(ErrorClass::Sink, objection));
    }
    count_failed(1);
}

void BatchDispatcher::log_retry(const Batch& batch, const Verdict& verdict, Duration wait) {
    ++counts_.retries;
    log_.info(fmt::format("batch {}: {}; retrying in {:.3g} s", batch.number, verdict.reason(),
                          to_seconds(wait)));
    if (verdict.kind() == Verdict::Kind::NotNow && batch.attempts % kNotNowInterval == 0) {
        log_.warn(fmt::format("batch {}: {} (attempt {}); it is retried until it is accepted",
                              batch.number, verdict.reason(), batch.attempts));
    }
}

/// Takes a batch whenever a job is free; until then the batch may grow. A stop does not end the
/// loop, so that the remaining batches are concluded.
Task<void> BatchDispatcher::dispatch(TaskGroup& work) {
    work_ = &work;
    const Batcher::MaxLines lines_wanted = [this] { return sink_.lines_wanted(); };
    for (;;) {
        Permit job = co_await jobs_.acquire();
        std::optional<Batch> batch = co_await batcher_.next(lines_wanted);
        if (!batch) {
            co_return;
        }
        jobs_.order().begin(batch->number);
        work.start(handle(*std::move(batch), std::move(job)));
    }
}

/// Takes a batch from its first attempt to its conclusion.
Task<void> BatchDispatcher::handle(Batch batch, Permit job) {
    jobs_.begin();
    const std::uint64_t number = batch.number;
    co_await settle(batch, &job);
    while (!batch.empty()) {
        // The sink divided the batch: deliver its remaining lines one by one. Null, because the job
        // must not end before the last line.
        Batch line = batch.take_first(1);
        co_await settle(line, nullptr);
    }
    jobs_.order().end(number);
    if (job) {
        jobs_.end(job);
    }
}

/// Delivers \a batch and concludes it, unless the sink divides it: then the lines that were not
/// accepted are left in it. With a journal, ends \a job (if not null) once the batch is accepted,
/// before stdout has written its output; otherwise leaves the job to the caller.
Task<void> BatchDispatcher::settle(Batch& batch, Permit* job) {
    if (sink_failed_) {
        conclude(std::exchange(batch, Batch(plan_.delimiter)), shutdown_.reason());
        co_return;
    }
    std::optional<Error> failure;
    std::optional<std::uint64_t> accepted;  // the end of its output
    std::string dropped;                    // the end of the output of a failed attempt
    try {
        co_await log_.writable();
        const Result<Verdict> verdict = co_await delivery_.deliver(batch);
        if (verdict && verdict->kind() == Verdict::Kind::Divided) {
            log_.info(fmt::format("batch {}: {}; {} are delivered one by one", batch.number,
                                  verdict->reason(), counted(batch.size(), "line")));
            co_return;
        }
        failure = failure_of(verdict);
        dropped = verdict ? verdict->output() : "";
        if (!failure) {
            accepted = verdict->position().value_or(output_.appended());
        }
        if (accepted && plan_.journaled && !batch.empty()) {
            const Permit unwritten = co_await unwritten_.acquire();
            if (job != nullptr) {
                jobs_.order().end(batch.number);
                jobs_.end(*job);
            }
            failure = co_await written_up_to(*accepted);
        }
    } catch (const Cancelled&) {
        if (accepted) {
            accepted_unwritten_.emplace_back(*accepted,
                                             std::exchange(batch, Batch(plan_.delimiter)));
            co_return;
        }
        failure = shutdown_.reason();
    } catch (const std::exception& bug) {
        failure = Error(ErrorClass::Internal, bug.what());
    }
    const std::uint64_t number = batch.number;
    conclude(std::exchange(batch, Batch(plan_.delimiter)), failure);
    log_output(number, dropped);
}

/// Logs what the last attempt printed of a batch that failed, line by line.
void BatchDispatcher::log_output(std::uint64_t number, std::string_view output) {
    while (!output.empty()) {
        const std::string_view line = output.substr(0, output.find('\n'));
        log_.error(fmt::format("batch {} printed: {}", number, line));
        output.remove_prefix(std::min(line.size() + 1, output.size()));
    }
}

/// Concludes lines that were accepted before the rest of their batch.
void BatchDispatcher::accept(Batch lines) {
    if (plan_.journaled) {
        work_->start(conclude_when_written(std::move(lines), output_.appended()));
    } else {
        conclude(std::move(lines), std::nullopt);
    }
}

Task<void> BatchDispatcher::conclude_when_written(Batch lines, std::uint64_t position) {
    std::optional<Error> failure;
    try {
        failure = co_await written_up_to(position);
    } catch (const Cancelled&) {
        accepted_unwritten_.emplace_back(position, std::move(lines));
        co_return;
    }
    conclude(std::move(lines), failure);
}

void BatchDispatcher::settle_rest(const Error& reason) {
    for (auto& [position, batch] : std::exchange(accepted_unwritten_, {})) {
        const bool written = output_.written() >= position;
        conclude(std::move(batch), written ? std::nullopt : std::optional(reason));
    }
}

/// Returns why the batch was not accepted; nullopt if it was. Ends the run after an error.
std::optional<Error> BatchDispatcher::failure_of(const Result<Verdict>& verdict) {
    if (!verdict) {
        end_run(verdict.error());
        return verdict.error();
    }
    if (verdict->kind() == Verdict::Kind::Accepted) {
        return std::nullopt;
    }
    return Error(ErrorClass::Sink, verdict->reason());
}

/// Continues with one job less after the system refused the resources for one. Returns false if no
/// other job is at work.
Task<bool> BatchDispatcher::make_room(const Verdict& verdict) {
    if (!jobs_.another_at_work()) {
        co_return false;
    }
    if (!std::exchange(has_fewer_jobs_, true)) {
        log_.warn(
            fmt::format("fewer than {} commands at a time: {}", jobs_.count(), verdict.reason()));
    }
    co_await jobs_.end_another();
    co_return true;
}

/// Waits until stdout has written the output up to \a position, because a line must not be
/// journaled as delivered while its output could still be lost in a buffer. Returns why that
/// failed.
Task<std::optional<Error>> BatchDispatcher::written_up_to(std::uint64_t position) {
    const bool written = co_await output_.written_up_to(position);
    co_return written ? std::nullopt : output_.error();
}

/// Ends the run, because the sink cannot take any more batches.
void BatchDispatcher::end_run(const Error& failure) {
    if (!shutdown_.stopped()) {
        log_.error(failure.message());
    }
    sink_failed_ = true;
    const bool bug_or_no_room = failure.error_class() == ErrorClass::Internal;
    shutdown_.end(bug_or_no_room ? ExitStatus::Internal : status_of_command(failure));
}

void BatchDispatcher::conclude(Batch batch, const std::optional<Error>& failure) {
    batch.settle(failure);
    if (!failure) {
        counts_.accepted += batch.size();
        return;
    }
    ++counts_.failed;
    const bool final = is_final(*failure);
    if (failure->error_class() == ErrorClass::Internal) {
        status_ = more_severe(status_, ExitStatus::Internal);
    }
    const Result<void> kept = dead_letters_.add(batch, failure->message());
    if (final || !kept) {
        log_lost(batch.size(), kept,
                 fmt::format("batch {}: {} ({})", batch.number, failure->message(),
                             counted(batch.attempts, "attempt")));
    }
    if (final) {
        count_failed(batch.size());
    } else {
        counts_.cancelled_lines += batch.size();
    }
}

/// Ends the run if more lines have failed than --max-fail allows.
void BatchDispatcher::count_failed(std::size_t lines) {
    counts_.failed_lines += lines;
    if (plan_.max_fail.stops(counts_.failed_lines, counts_.ended()) && !shutdown_.stopped()) {
        log_.error(fmt::format("{} of {} lines failed: --max-fail {} exceeded",
                               counts_.failed_lines, counts_.ended(), plan_.max_fail.to_string()));
        shutdown_.end(ExitStatus::BatchFailed);
    }
}

ExitStatus BatchDispatcher::status() const noexcept {
    const bool failed = plan_.max_fail.exceeded(counts_.failed_lines, counts_.ended());
    return more_severe(status_, failed ? ExitStatus::BatchFailed : ExitStatus::Success);
}

/// Logs that \a lines were not accepted, and whether the dead-letter file has them: \a kept is the
/// result of writing it.
void BatchDispatcher::log_lost(std::size_t lines, const Result<void>& kept,
                               const std::string& reason) {
    const std::string count = counted(lines, "line");
    if (!kept) {
        log_.error(fmt::format("{}; {} lost: {}", reason, count, kept.error().message()));
        shutdown_.end(ExitStatus::OutputFailed);
    } else if (dead_letters_.wanted()) {
        log_.error(fmt::format("{}; {} written to {}", reason, count, dead_letters_.name()));
    } else {
        const bool explain = !std::exchange(hinted_, true);
        log_.error(fmt::format("{}; {} lost{}", reason, count,
                               explain ? " [--dead-letter FILE keeps them]" : ""));
    }
}

Task<void> BatchDispatcher::finish() {
    const Result<void> closed = co_await sink_.close();
    if (!closed) {
        log_.error(closed.error().message());
        status_ = more_severe(status_, ExitStatus::BatchFailed);
    }
}

BatchDispatcher::Counts BatchDispatcher::counts() const noexcept {
    Counts counts = counts_;
    counts.lines = batcher_.lines() + refused_;
    counts.batches = batcher_.batches();
    counts.in_flight = jobs_.at_work();
    return counts;
}

}  // namespace runnel
