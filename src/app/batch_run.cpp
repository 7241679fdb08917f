#include "app/batch_run.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <utility>

#include "app/command_failure.hpp"
#include "app/command_sink.hpp"

namespace runnel {

namespace {

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

BatchRun::BatchRun(Loop& loop, const BatchOptions& options, BatchSink& sink,
                   DeadLetters& dead_letters, Output& output, Log& log, TimePoint started)
    : loop_(loop),
      options_(options),
      sink_(sink),
      dead_letters_(dead_letters),
      output_(output),
      log_(log),
      started_(started),
      control_(loop, output, log, Deadline::never(), options.grace),
      lines_are_arguments_(!options.cmd.empty() && CommandSink::places(options.cmd) > 0),
      max_line_(max_line_of(options, lines_are_arguments_)),
      input_(loop, STDIN_FILENO, max_line_, static_cast<char>(options.separator)),
      batcher_(loop, limits_of(options, lines_are_arguments_),
               static_cast<char>(options.separator)),
      jobs_(options.jobs),
      random_(std::random_device()()),
      delivery_(
          sink, options.retries, random_,
          [this](const Batch& batch, const Verdict& verdict, Duration wait) {
              ++retries_;
              log_.info(fmt::format("job {}: {}; again in {:.3g} s", batch.number, verdict.reason(),
                                    std::chrono::duration<double>(wait).count()));
          }) {
    control_.before_exit([this] { sink_.kill(); });
}

Task<ExitStatus> BatchRun::run() {
    const Context& context = co_await this_task::context();
    TaskGroup watchers(context);
    TaskGroup intake(context);
    TaskGroup work(context);
    watchers.start(control_.watch(intake, work));
    intake.start(read_lines());
    co_await dispatch(work);
    co_await intake.join();
    co_await work.join();
    work.start(close_sink());
    work.start(control_.flush());
    co_await work.join();
    co_await control_.flush_after_stop();
    tell_ending();
    co_await log_.flush(Deadline::after(loop_.now(), RunControl::kLastWords));
    watchers.request_stop();
    co_await watchers.join();
    co_return more_telling(status_, control_.status());
}

/// However the reading ends, what was read goes out as a last batch.
Task<void> BatchRun::read_lines() {
    try {
        co_await read_to_end();
    } catch (const Cancelled&) {
        // A stop: nothing that was read is left in a wait.
    } catch (const std::exception& failure) {
        fail_to_read(failure.what());
    }
    batcher_.close();
}

void BatchRun::fail_to_read(std::string_view reason) {
    log_.error(fmt::format("stdin: {}", reason));
    status_ = more_telling(status_, ExitStatus::Failed);
}

/// The producer is held back while a complete batch waits for a job.
Task<void> BatchRun::read_to_end() {
    for (;;) {
        co_await batcher_.room();
        const Result<std::optional<Line>> line = co_await input_.next();
        if (!line) {
            fail_to_read(line.error().message());
            co_return;
        }
        if (!*line) {
            at_end_ = true;
            co_return;
        }
        take(**line);
    }
}

void BatchRun::take(const Line& line) {
    std::string problem;
    if (line.too_long) {
        problem = fmt::format("longer than {} bytes; this is its beginning", max_line_);
    } else if (lines_are_arguments_ && line.text.find('\0') != std::string::npos) {
        problem = "holds a NUL, which no argument can";
    } else {
        batcher_.add(line.text);
        return;
    }
    ++refused_;
    status_ = more_telling(status_, ExitStatus::BatchFailed);
    give_up(1, dead_letters_.add(line.text, problem, 0),
            fmt::format("line {}: {}", line.number, problem));
}

/// Takes a batch when there is a job for it; until then it may go on growing. After a stop, too:
/// what is left is given to children that end at once, so that everything is concluded.
Task<void> BatchRun::dispatch(TaskGroup& work) {
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
Task<void> BatchRun::handle(Batch batch, Permit /*job*/) {
    std::optional<Error> failure;
    try {
        co_await log_.room();
        failure = co_await deliver(batch);
    } catch (const Cancelled&) {
        failure = control_.reason();
    } catch (const std::exception& bug) {
        failure = Error(ErrorClass::Internal, bug.what());
    }
    conclude(batch, failure);
}

/// Nothing: it was accepted.
Task<std::optional<Error>> BatchRun::deliver(Batch& batch) {
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

/// The sink takes nothing any more.
void BatchRun::end_because(const Error& failure) {
    if (!control_.stopped()) {
        log_.error(failure.message());
    }
    control_.end(status_of_command(failure));
}

void BatchRun::conclude(Batch& batch, const std::optional<Error>& failure) {
    batch.settle(failure);
    if (!failure) {
        accepted_ += batch.size();
        return;
    }
    ++failed_;
    const bool final = is_final(*failure);
    status_ = more_telling(status_, final ? ExitStatus::BatchFailed : ExitStatus::Success);
    const Result<void> kept = dead_letters_.add(batch, failure->message());
    if (final || !kept) {
        give_up(batch.size(), kept,
                fmt::format("job {}: {} ({} attempt{})", batch.number, failure->message(),
                            batch.attempts, batch.attempts == 1 ? "" : "s"));
    }
}

/// Tells that lines were not accepted, and where they are.
void BatchRun::give_up(std::size_t lines, const Result<void>& kept, const std::string& what) {
    const std::string count = fmt::format("{} line{}", lines, lines == 1 ? "" : "s");
    if (!kept) {
        log_.error(fmt::format("{}; {} lost: {}", what, count, kept.error().message()));
        control_.end(ExitStatus::OutputFailed);
    } else if (dead_letters_.wanted()) {
        log_.error(fmt::format("{}; {} kept in {}", what, count, dead_letters_.name()));
    } else {
        const bool explain = !std::exchange(hinted_, true);
        log_.error(fmt::format("{}; {} lost to the command{}", what, count,
                               explain ? " [--dead-letter FILE keeps them]" : ""));
    }
}

/// Workers that go on after their last line are heard out.
Task<void> BatchRun::close_sink() {
    const Result<void> closed = co_await sink_.close();
    if (!closed) {
        log_.error(closed.error().message());
    }
}

void BatchRun::tell_ending() {
    if (output_.error()) {
        return;  // said once, or not to be said at all: see RunControl
    }
    const std::uint64_t read = batcher_.lines() + refused_;
    if (control_.stopped()) {
        log_.warn(fmt::format(
            "stopped early: {} lines read, {} accepted, {} not; {}", read, accepted_,
            read - accepted_,
            at_end_ ? "the input was read to its end" : "the input was not read to its end"));
    }
    if (log_.verbose()) {
        const std::chrono::duration<double> elapsed = loop_.now() - started_;
        log_.info(fmt::format(
            "{} lines read, {} accepted; {} batches, {} of them not accepted, {} retries; {:.3g} s",
            read, accepted_, batcher_.batches(), failed_, retries_, elapsed.count()));
    }
}

}  // namespace runnel
