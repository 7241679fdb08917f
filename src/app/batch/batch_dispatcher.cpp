#include "app/batch/batch_dispatcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <random>
#include <utility>

#include "app/batch/command_sink.hpp"
#include "app/batch/command_verdict.hpp"
#include "app/run/exec_command.hpp"

namespace runnel {

namespace {

/// So many batches, beside one for each job, may be accepted while stdout has not taken what was
/// printed of them.
constexpr std::size_t kAcceptedUnwritten = 100;

BatchLimits limits_of(const BatchOptions& options, bool lines_are_arguments) {
    BatchLimits limits;
    limits.lines = options.coprocess ? 1 : options.lines;
    limits.bytes = ByteLimit(options.bytes, 1);
    limits.age = options.age;
    if (lines_are_arguments) {
        limits.arguments =
            ByteLimit(CommandSink::argument_room(options.cmd), CommandSink::kArgumentCost);
    }
    return limits;
}

std::uint64_t max_line_of(const BatchOptions& options, bool lines_are_arguments) {
    if (!lines_are_arguments) {
        return options.max_line;
    }
    const std::uint64_t longest = CommandSink::longest_argument();
    return options.max_line == 0 ? longest : std::min(options.max_line, longest);
}

/// Whether the batch failed, and was not just left by a run that ended.
bool is_final(const Error& failure) {
    return failure.error_class() == ErrorClass::Sink ||
           failure.error_class() == ErrorClass::Internal;
}

}  // namespace

BatchDispatcher::BatchDispatcher(Loop& loop, const BatchOptions& options, BatchSink& sink,
                                 DeadLetters& dead_letters, Output& output, Shutdown& shutdown,
                                 Log& log)
    : sink_(sink),
      dead_letters_(dead_letters),
      output_(output),
      shutdown_(shutdown),
      log_(log),
      journaled_(!options.journal.empty()),
      lines_are_arguments_(!options.cmd.empty() && CommandSink::places(options.cmd) > 0),
      max_line_(max_line_of(options, lines_are_arguments_)),
      batcher_(loop, limits_of(options, lines_are_arguments_),
               static_cast<char>(options.separator)),
      jobs_(options.jobs),
      unwritten_(options.jobs + kAcceptedUnwritten),
      random_(std::random_device()()),
      delivery_(sink, options.retries, random_,
                [this](const Batch& batch, const Verdict& verdict, Duration wait) {
                    log_retry(batch, verdict, wait);
                }) {
    shutdown_.before_exit([this] { sink_.kill(); });
}

void BatchDispatcher::add(const Line& line, const std::shared_ptr<LineOwner>& owner) {
    const std::string objection = objection_to(line);
    if (objection.empty()) {
        batcher_.add(line.text, owner);
        return;
    }
    ++refused_;
    status_ = more_severe(status_, ExitStatus::BatchFailed);
    give_up(1, dead_letters_.add(line.text, objection, 0),
            fmt::format("line {}: {}", line.number, objection));
    if (owner) {
        owner->settle(1, Error(ErrorClass::Sink, objection));
    }
}

/// Why the line cannot be delivered; empty when it can.
std::string BatchDispatcher::objection_to(const Line& line) const {
    if (line.too_long) {
        return fmt::format("longer than {} bytes; this is its beginning", max_line_);
    }
    if (lines_are_arguments_ && line.text.find('\0') != std::string::npos) {
        return "holds a NUL, which no argument can";
    }
    return {};
}

void BatchDispatcher::log_retry(const Batch& batch, const Verdict& verdict, Duration wait) {
    ++counts_.retries;
    log_.info(fmt::format("job {}: {}; again in {:.3g} s", batch.number, verdict.reason(),
                          std::chrono::duration<double>(wait).count()));
}

/// Takes a batch when there is a job for it; until then it may go on growing. After a stop, too:
/// what is left is given to children that end at once, so that everything is concluded.
Task<void> BatchDispatcher::dispatch(TaskGroup& work) {
    for (;;) {
        Permit job = co_await jobs_.acquire();
        std::optional<Batch> batch = co_await batcher_.next();
        if (!batch) {
            co_return;
        }
        work.start(handle(*std::move(batch), std::move(job)));
    }
}

/// From a batch to its end.
Task<void> BatchDispatcher::handle(Batch batch, Permit job) {
    std::optional<Error> failure;
    try {
        co_await log_.writable();
        failure = co_await deliver(batch);
        if (!failure && journaled_) {
            const Permit unwritten = co_await unwritten_.acquire();
            job.release();
            failure = co_await until_written();
        }
    } catch (const Cancelled&) {
        failure = shutdown_.reason();
    } catch (const std::exception& bug) {
        failure = Error(ErrorClass::Internal, bug.what());
    }
    conclude(batch, failure);
}

/// Nothing: it was accepted.
Task<std::optional<Error>> BatchDispatcher::deliver(Batch& batch) {
    const Result<Verdict> verdict = co_await delivery_.deliver(batch);
    if (!verdict) {
        end_because(verdict.error());
        co_return verdict.error();
    }
    if (verdict->kind() == Verdict::Kind::Accepted) {
        co_return std::nullopt;
    }
    co_return Error(ErrorClass::Sink, verdict->reason());
}

/// What a journal calls delivered must not be lost with the bytes that we still hold.
Task<std::optional<Error>> BatchDispatcher::until_written() {
    const bool written = co_await output_.written_up_to(output_.appended());
    co_return written ? std::nullopt : output_.error();
}

/// The sink takes nothing any more.
void BatchDispatcher::end_because(const Error& failure) {
    if (!shutdown_.stopped()) {
        log_.error(failure.message());
    }
    shutdown_.end(status_of_command(failure));
}

void BatchDispatcher::conclude(Batch& batch, const std::optional<Error>& failure) {
    batch.settle(failure);
    if (!failure) {
        counts_.accepted += batch.size();
        return;
    }
    ++counts_.failed;
    const bool final = is_final(*failure);
    status_ = more_severe(status_, final ? ExitStatus::BatchFailed : ExitStatus::Success);
    const Result<void> kept = dead_letters_.add(batch, failure->message());
    if (final || !kept) {
        give_up(batch.size(), kept,
                fmt::format("job {}: {} ({} attempt{})", batch.number, failure->message(),
                            batch.attempts, batch.attempts == 1 ? "" : "s"));
    }
}

/// Tells that lines were not accepted, and where they are.
void BatchDispatcher::give_up(std::size_t lines, const Result<void>& kept,
                              const std::string& what) {
    const std::string count = fmt::format("{} line{}", lines, lines == 1 ? "" : "s");
    if (!kept) {
        log_.error(fmt::format("{}; {} lost: {}", what, count, kept.error().message()));
        shutdown_.end(ExitStatus::OutputFailed);
    } else if (dead_letters_.wanted()) {
        log_.error(fmt::format("{}; {} kept in {}", what, count, dead_letters_.name()));
    } else {
        const bool explain = !std::exchange(hinted_, true);
        log_.error(fmt::format("{}; {} lost to the command{}", what, count,
                               explain ? " [--dead-letter FILE keeps them]" : ""));
    }
}

/// Workers that go on after their last line are heard out.
Task<void> BatchDispatcher::finish() {
    const Result<void> closed = co_await sink_.close();
    if (!closed) {
        log_.error(closed.error().message());
    }
}

BatchDispatcher::Counts BatchDispatcher::counts() const noexcept {
    Counts counts = counts_;
    counts.lines = batcher_.lines() + refused_;
    counts.batches = batcher_.batches();
    return counts;
}

}  // namespace runnel
