#include "app/fetch/fetch_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <stop_token>
#include <utility>

#include "app/fetch/fetch_parts.hpp"

namespace runnel {

namespace {

/// Inputs that wait for their origin, or for their next attempt, beside those that have a job.
constexpr std::size_t kInputsThatWait = 1000;
/// What a request takes that waits for its turn, beside what it parked: its transfer's buffers, the
/// piece that is to be parked, and what the allocator loses between them.
constexpr std::uint64_t kHeldByRequest = std::uint64_t{256} << 10;

/// So much of what `--order-buffer` allows is left to be parked. With many jobs and a small buffer
/// it is half of it: some must be, or they hold each other up.
std::uint64_t parking_limit(const FetchOptions& options) {
    const std::uint64_t held = options.limits.jobs * kHeldByRequest;
    return options.order_buffer - std::min(held, options.order_buffer / 2);
}

std::string log_retry(const Item& item, const Error& failure, Duration wait) {
    return fmt::format("{}: {}: {}; again in {:.3g} s", item.input.request->url.redacted(),
                       to_string(failure.error_class()), failure.message(),
                       std::chrono::duration<double>(wait).count());
}

}  // namespace

FetchRun::FetchRun(RunContext& context, const FetchOptions& options, InputReader& inputs,
                   RunFiles& files, Log& log)
    : loop_(context.loop),
      options_(options),
      inputs_(inputs),
      output_(context.output),
      log_(log),
      started_(context.started),
      files_(files),
      shutdown_(loop_, output_, log, Deadline::after(started_, options.deadline), options.grace),
      sink_(make_sink(loop_, options, output_, files, shutdown_, log)),
      journal_(loop_, files.journal, shutdown_, log),
      admission_(context.network, options.limits, options.retry, loop_, &shutdown_.ending()),
      hedge_(admission_, options.hedge, options.retry.on, loop_),
      client_(hedge_),
      budget_(options.retry),
      random_(std::random_device()()),
      order_(*sink_, options.keep_order, parking_limit(options)),
      format_(make_output_format(options, order_, loop_, files.folder)),
      in_hand_(options.limits.jobs + kInputsThatWait),
      failures_(log),
      progress_bar_(loop_, context.errors, log, options.progress) {}

Task<ExitStatus> FetchRun::run() {
    const Context& context = co_await this_task::context();
    TaskGroup watchers(context);
    TaskGroup intake(context);
    TaskGroup items(context);
    TaskGroup deliveries(context);
    TaskGroup serving(context);
    const auto stop_deliveries = [&deliveries] { deliveries.request_stop(); };
    const std::stop_callback together(items.context().stop, stop_deliveries);
    watchers.start(shutdown_.watch(intake, items));
    watchers.start(journal_.watch());
    watchers.start(admission_.reject_once_closing());
    watchers.start(progress_bar_.show([this] { return progress(); }));
    serving.start(sink_->serve(deliveries));
    intake.start(read_inputs(items));
    co_await intake.join();
    co_await items.join();
    sink_->close();
    co_await serving.join();
    co_await deliveries.join();
    deliveries.start(sink_->finish());
    co_await shutdown_.wind_up(deliveries, watchers, end());
    co_return status();
}

Task<void> FetchRun::end() {
    sink_->settle_rest(shutdown_.reason());
    co_await journal_.close();
    progress_bar_.end();
    log_ending();
}

/// One input after another, each on its way at once. The producer is held back while somebody waits
/// for a job or stdout is full; those that wait for their origin hold nobody up, but there is a
/// limit to their number. An input that was read is answered for, also when the run ends before it
/// was on its way.
Task<void> FetchRun::read_inputs(TaskGroup& items) {
    for (;;) {
        co_await admission_.queue_empty();
        co_await sink_->writable();
        co_await order_.writable();
        co_await journal_.writable();
        co_await log_.writable();
        Result<std::optional<Input>> input = co_await inputs_.next();
        if (!input) {
            log_.error(input.error().message());
            unreadable_ = true;
            continue;
        }
        if (!*input) {
            co_return;
        }
        const JournalKey key = journal_.key_of(**input);
        if (journal_.holds(key)) {
            ++skipped_;
            if ((*input)->request) {
                format_->skip(**input);
            }
            continue;
        }
        Item item(std::move(**input), key, loop_.now(), order_.next());
        Permit in_hand;
        try {
            in_hand = co_await in_hand_.acquire();
        } catch (const Cancelled&) {
            item.failure = shutdown_.reason();
        }
        if (item.failure) {
            conclude(item);
            throw Cancelled();
        }
        items.start(handle(std::move(item), std::move(in_hand)));
    }
}

/// From the input to its record.
Task<void> FetchRun::handle(Item item, Permit /*in_hand*/) {
    try {
        co_await fetch_item(item);
    } catch (const Cancelled&) {
        item.failure = shutdown_.reason();
    } catch (const std::exception& bug) {
        item.failure = Error(ErrorClass::Internal, bug.what());
    }
    conclude(item);
}

/// Asks only for what is not there already.
Task<void> FetchRun::fetch_item(Item& item) {
    if (!item.input.request) {
        item.failure = item.input.request.error();
        co_return;
    }
    const Result<OutputFormat::Need> need = co_await format_->begin(item);
    if (!need) {
        item.failure = need.error();
        co_return;
    }
    if (files_.etags && *need == OutputFormat::Need::Change) {
        files_.etags->make_conditional(*item.input.request);
    }
    if (*need != OutputFormat::Need::Nothing) {
        co_await fetch_request(item);
    }
}

/// One attempt, and more as long as a retry may mend it and nothing was printed.
Task<void> FetchRun::fetch_request(Item& item) {
    const http::Request& request = *item.input.request;
    item.trace.turn = item.out.turn();
    http::Retry retry(options_.retry, budget_, random_, request.method, loop_.now());
    for (;;) {
        item.trace.prepare();
        Result<void> done = co_await attempt(item);
        if (done) {
            co_return;
        }
        std::optional<Duration> wait;
        if (!item.out.printed()) {
            wait = retry.next(done.error(), item.trace.status, loop_.now(),
                              admission_.paused_until(request.url.origin()));
        }
        if (!wait) {
            item.failure = std::move(done).error();
            co_return;
        }
        item.out.restart();
        log_.info(log_retry(item, done.error(), *wait));
        co_await wait_for_retry(*wait);
    }
}

/// Ends with Cancelled when the run ends early: no attempt begins any more.
Task<void> FetchRun::wait_for_retry(Duration span) {
    const Deadline over = Deadline::within(loop_.now(), span);
    const bool ending = co_await shutdown_.ending().wait_until(over);
    if (ending) {
        throw Cancelled();
    }
}

Task<Result<void>> FetchRun::attempt(Item& item) {
    Result<std::unique_ptr<http::Response>> response =
        co_await client_.send(*item.input.request, item.trace);
    if (!response) {
        co_return std::move(response).error();
    }
    co_return co_await deliver(**response, item);
}

Task<Result<void>> FetchRun::deliver(http::Response& response, Item& item) {
    format_->answered(response, item);
    const std::optional<http::Condition>& condition = item.input.request->condition;
    if (response.status() == 304 && condition && condition->url == item.asked_last()) {
        co_await http::discard(response);
        item.not_modified = true;
        co_return Result<void>();
    }
    if (!item.input.expect.value_or(options_.expect).contains(response.status())) {
        co_await http::discard(response);
        co_return http::unexpected_status(response, options_.policy);
    }
    Result<void> taken = co_await format_->take(response, item);
    if (!options_.file_template) {
        // Its end is printed, and written down, without waiting: so it waits here, while it still
        // has its job. A file is delivered already, whatever is asked for now.
        co_await item.out.writable();
        co_await journal_.writable();
    }
    if (taken && files_.etags) {
        item.lesson =
            EtagStore::lesson(*item.input.request, item.asked_last(), CacheValidator::of(response));
    }
    co_return taken;
}

/// The end of an input, but for those who take what it printed.
void FetchRun::conclude(Item& item) {
    const JournalKey key = item.key;
    Record record = to_record(item, loop_.now());
    format_->conclude(record, item);
    record.response_body.reset();  // is not kept until somebody has taken it
    if (record.failure) {
        unwritten_ = unwritten_ || record.failure->error_class() == ErrorClass::Sink;
        if (!output_.error()) {
            failures_.tell(record);
        }
        settle(record, key);
        item.out.close();
        return;
    }
    const auto settled = [this, record = std::move(record), key, lesson = std::move(item.lesson)](
                             const std::optional<Error>& failure) mutable {
        record.failure = failure;
        settle(record, key);
        if (lesson && !failure) {
            files_.etags->learn(*std::move(lesson));
        }
    };
    item.out.close(settled);
}

/// Exactly one record per input: it is counted here, and in the journal.
void FetchRun::settle(const Record& record, const JournalKey& key) {
    stats_.count(record);
    journal_.add(record, key);
    if (options_.max_fail.stops(stats_.failed(), stats_.ended()) && !shutdown_.stopped()) {
        log_.error(fmt::format("{} of {} inputs failed, which is more than may", stats_.failed(),
                               stats_.ended()));
        shutdown_.end(ExitStatus::Failed);
    }
}

ExitStatus FetchRun::status() const {
    const bool failed = unreadable_ || options_.max_fail.exceeded(stats_.failed(), stats_.ended());
    const ExitStatus failure = unwritten_ ? ExitStatus::OutputFailed : ExitStatus::Failed;
    const ExitStatus of_inputs = failed ? failure : ExitStatus::Success;
    return more_severe(more_severe(of_inputs, sink_->status()), shutdown_.status());
}

void FetchRun::log_ending() {
    if (output_.error()) {
        return;  // said once, or not to be said at all: see Shutdown
    }
    if (shutdown_.stopped()) {
        log_.warn(fmt::format("stopped early: {} read: {}; {}", inputs_.count(), stats_.counts(),
                              inputs_.at_end() ? "the input was read to its end"
                                               : "the input was not read to its end"));
    }
    if (budget_.refused() > 0) {
        log_.warn(
            fmt::format("{} retries were not made: more than one for ten requests would add "
                        "to the trouble (--retry N: make them all)",
                        budget_.refused()));
    }
    log_.note(stats_.summary(facts()));
}

Progress FetchRun::progress() const {
    Progress progress;
    progress.ended = stats_.ended() + stats_.cancelled() + skipped_;
    progress.failed = stats_.failed();
    progress.retries = stats_.retries();
    progress.in_flight = admission_.out();
    const std::optional<double> part = inputs_.part_given();
    if (part && *part > 0) {
        progress.expected = static_cast<double>(inputs_.count()) / *part;
    }
    return progress;
}

RunFacts FetchRun::facts() const {
    RunFacts facts(loop_.lag());
    facts.elapsed = loop_.now() - started_;
    facts.read = inputs_.count();
    facts.skipped = skipped_;
    facts.input_left = !inputs_.at_end();
    facts.peak_in_flight = admission_.peak();
    facts.hedges = hedge_.hedges();
    facts.started = started_;
    facts.limit_changes = admission_.limit_changes();
    return facts;
}

}  // namespace runnel
