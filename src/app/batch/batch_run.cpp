#include "app/batch/batch_run.hpp"

#include <fmt/format.h>

#include <exception>
#include <memory>
#include <optional>

#include "app/run/percentiles.hpp"
#include "base/text.hpp"
#include "json/object_writer.hpp"

namespace runnel {

namespace {

/// Writes the outcome of its line to the journal.
class JournaledLine final : public LineOwner {
public:
    JournaledLine(Journal& journal, const Line& line, const JournalKey& key)
        : journal_(journal), line_(line), key_(key) {}

    void settle(std::size_t /*lines*/, const std::optional<Error>& failure) override {
        journal_.add(line_.text, line_.number, failure, key_);
    }

private:
    Journal& journal_;
    Line line_;
    JournalKey key_;
};

}  // namespace

BatchRun::BatchRun(RunContext& context, const BatchPlan& plan, const RedoFile& redo,
                   BatchSink& sink, JournalFile& journal, DeadLetters& dead_letters, Log& log)
    : loop_(context.loop),
      output_(context.output),
      log_(log),
      started_(context.started),
      shutdown_(loop_, output_, log, Deadline::after(started_, plan.deadline), plan.grace),
      journal_(loop_, journal, shutdown_, log),
      dispatcher_(loop_, plan, sink, dead_letters, output_, shutdown_, log),
      input_(loop_, plan, redo),
      progress_bar_(loop_, context.errors, log, plan.progress) {
    dispatcher_.number_after(journal.last_job());
    journal_.count_jobs([this] { return dispatcher_.last_number(); });
}

Task<ExitStatus> BatchRun::run() {
    const Context& context = co_await this_task::context();
    TaskGroup watchers(context);
    TaskGroup intake(context);
    TaskGroup work(context);
    watchers.start(shutdown_.watch(intake, work));
    watchers.start(journal_.watch());
    watchers.start(progress_bar_.show([this] { return progress(); }));
    intake.start(read_lines());
    co_await dispatcher_.dispatch(work);
    co_await intake.join();
    co_await work.join();
    work.start(dispatcher_.finish());
    co_await shutdown_.wind_up(work, watchers, end());
    const ExitStatus delivered = more_severe(status_, dispatcher_.status());
    co_return more_severe(delivered, shutdown_.status());
}

/// Reads the input, then closes the dispatcher, also after a stop or a failure, so that the lines
/// read so far are delivered.
Task<void> BatchRun::read_lines() {
    try {
        co_await read_to_end();
    } catch (const Cancelled&) {
        // No line is lost: every line that was read was added.
    } catch (const std::exception& failure) {
        fail_to_read(fmt::format("cannot read the input: {}", failure.what()));
    }
    dispatcher_.close();
}

void BatchRun::fail_to_read(std::string_view message) {
    log_.error(message);
    status_ = more_severe(status_, ExitStatus::Failed);
}

Task<void> BatchRun::read_to_end() {
    for (;;) {
        co_await dispatcher_.writable();
        co_await journal_.writable();
        const Result<std::optional<Line>> line = co_await input_.next();
        if (!line) {
            fail_to_read(line.error().message());
            co_return;
        }
        if (!*line) {
            co_return;
        }
        add(**line);
    }
}

void BatchRun::add(const Line& line) {
    if (!journal_.wanted()) {
        dispatcher_.add(line);
        return;
    }
    const JournalKey key = journal_.key_of(line.text);
    if (journal_.delivered(key)) {
        ++skipped_;
        return;
    }
    dispatcher_.add(line, std::make_shared<JournaledLine>(journal_, line, key));
}

Task<void> BatchRun::end() {
    dispatcher_.settle_rest(shutdown_.reason());
    co_await journal_.close();
    progress_bar_.end();
    log_ending();
}

void BatchRun::log_ending() {
    if (output_.error()) {
        return;  // Shutdown logs it, except EPIPE.
    }
    const BatchDispatcher::Counts counts = dispatcher_.counts();
    if (shutdown_.stopped()) {
        log_.warn(fmt::format("stopped early after reading {} lines: {} accepted, {} not; {}",
                              counts.lines, counts.accepted, counts.lines - counts.accepted,
                              input_.at_end() ? "the input was read to its end"
                                              : "the input was not read to its end"));
    }
    if (log_.verbose()) {
        log_.info(fmt::format(
            "{} lines read, {}{} accepted; {} batches, {} of them not accepted, {} retries; "
            "{:.3g} s",
            counts.lines + skipped_, skipped_ > 0 ? fmt::format("{} skipped, ", skipped_) : "",
            counts.accepted, counts.batches, counts.failed, counts.retries,
            to_seconds(loop_.now() - started_)));
    }
}

Progress BatchRun::progress() const {
    const BatchDispatcher::Counts counts = dispatcher_.counts();
    Progress progress;
    progress.ended = counts.ended() + counts.cancelled_lines + skipped_;
    progress.skipped = skipped_;
    progress.failed = counts.failed_lines;
    progress.retries = counts.retries;
    progress.in_flight = counts.in_flight;
    const std::optional<double> share = input_.share_read();
    if (share && *share > 0) {
        progress.expected = static_cast<double>(counts.lines + skipped_) / *share;
    }
    return progress;
}

std::string BatchRun::stats() const {
    const BatchDispatcher::Counts counts = dispatcher_.counts();
    std::string text;
    JsonObjectWriter object(text);
    object.member("read", counts.lines + skipped_);
    object.member("delivered", counts.accepted);
    object.member("failed", counts.failed_lines);
    object.member("cancelled", counts.cancelled_lines);
    object.member("skipped", skipped_);
    object.member("batches", counts.batches);
    object.member("batches_failed", counts.failed);
    object.member("retries", counts.retries);
    object.seconds("seconds", loop_.now() - started_);
    add_percentiles(object, "loop_lag", loop_.lag());
    object.member("left_unread", !input_.at_end());
    object.end_line();
    return text;
}

}  // namespace runnel
