#include "app/fetch/fetch_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <stop_token>
#include <utility>

#include "app/fetch/fetch_parts.hpp"
#include "base/text.hpp"

namespace runnel {

namespace {

/// Maximum number of items that wait for their origin or for a retry, in addition to the items that
/// have a job.
constexpr std::size_t kWaitingItems = 1000;
/// Estimate of the memory of a request that waits for its turn, not counting the output it has
/// parked (bytes): the buffers of its transfer, the piece to be parked, overhead of the allocator.
constexpr std::uint64_t kWaitingRequestSize = std::uint64_t{256} << 10;

/// Returns the part of `--order-buffer` that can be parked. At least half of it, because requests
/// would block each other if nothing could be parked.
std::uint64_t parking_limit(const OutputPlan& plan, std::size_t jobs) {
    const std::uint64_t requests = jobs * kWaitingRequestSize;
    return plan.order_buffer - std::min(requests, plan.order_buffer / 2);
}

AdmissionLimits limits_of(const FetchPlan& plan, std::size_t jobs) {
    AdmissionLimits limits = plan.limits;
    limits.jobs = jobs;
    return limits;
}

Admission::Reports warnings_in(Log& log) {
    Admission::Reports reports;
    reports.fewer_jobs = [&log](const Error& shortage) {
        log.warn(fmt::format("fewer requests at a time: {}", shortage.message()));
    };
    reports.paused = [&log](const std::string& origin, Duration pause) {
        log.warn(fmt::format("{}: paused for {:.3g} s, as its Retry-After asks", origin,
                             to_seconds(pause)));
    };
    return reports;
}

/// Returns whether the server answered 304 to the condition that --etag-store added to the request.
bool is_not_modified(const http::Response& response, const Item& item) {
    const std::optional<http::Condition>& condition = item.input.request->condition;
    return response.status() == 304 && condition && condition->url == item.asked_last();
}

std::string retry_message(const Item& item, const Error& failure, Duration wait) {
    return fmt::format("{}: {}: {}; retrying in {:.3g} s", item.input.request->url.redacted(),
                       to_string(failure.error_class()), failure.message(), to_seconds(wait));
}

}  // namespace

FetchRun::FetchRun(RunContext& context, const FetchPlan& plan, InputReader& inputs, RunFiles& files,
                   Log& log)
    : loop_(context.loop),
      plan_(plan),
      inputs_(inputs),
      output_(context.output),
      log_(log),
      started_(context.started),
      files_(files),
      shutdown_(loop_, output_, log, Deadline::after(started_, plan.deadline), plan.grace),
      sink_(make_sink(context, plan, files, shutdown_, log)),
      journal_(loop_, files.journal, shutdown_, log),
      admission_(context.network, limits_of(plan, context.jobs), plan.retry, loop_,
                 &shutdown_.ending()),
      hedge_(admission_, plan.hedge, plan.retry.on, loop_),
      client_(hedge_),
      retrier_(plan.retry, loop_,
               [this](const std::string& origin) { return admission_.paused_until(origin); }),
      order_(*sink_, plan.output.keep_order, parking_limit(plan.output, context.jobs)),
      format_(make_output_format(plan.output, output_.at_terminal() && !plan.batches, order_, loop_,
                                 files)),
      open_items_(context.jobs + kWaitingItems),
      failures_(log),
      progress_bar_(loop_, context.errors, log, plan.progress) {
    admission_.report_to(warnings_in(log));
    shutdown_.count_in_flight([this] { return admission_.out(); });
    journal_.count_jobs([this] { return sink_->last_job(); });
}

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

/// Starts a child of \a items for each input.
Task<void> FetchRun::read_inputs(TaskGroup& items) {
    for (;;) {
        co_await wait_until_writable();
        Result<std::optional<Input>> input = co_await inputs_.next();
        if (!input) {
            log_.error(input.error().message());
            files_.left.set_unreadable(input.error());
            unreadable_ = true;
        } else if (!*input) {
            co_return;
        } else {
            co_await start(**std::move(input), items);
        }
    }
}

/// Waits until no input waits for a job and the sink, reorder window, journal and log are writable.
Task<void> FetchRun::wait_until_writable() {
    co_await admission_.queue_empty();
    co_await sink_->writable();
    co_await order_.writable();
    co_await journal_.writable();
    co_await log_.writable();
}

/// Starts \a input unless the journal says that it was delivered. If a stop is requested while it
/// waits for open_items_, the input is concluded, because every input that was read gets its
/// record.
Task<void> FetchRun::start(Input input, TaskGroup& items) {
    const JournalKey key = journal_.key_of(input);
    const std::uint64_t left_number = files_.left.add(input);
    if (journal_.delivered(key)) {
        skip(input, left_number);
        co_return;
    }
    Item item(std::move(input), key, loop_.now(), order_.next());
    item.left_number = left_number;
    try {
        Permit open = co_await open_items_.acquire();
        items.start(handle(std::move(item), std::move(open)));
    } catch (const Cancelled&) {
        item.failure = shutdown_.reason();
        conclude(item);
        throw;
    }
}

void FetchRun::skip(const Input& input, std::uint64_t left_number) {
    ++skipped_;
    files_.left.set_delivered(left_number);
    if (input.request) {
        format_->skip(input);
    }
}

/// Fetches one input and concludes it, also after a failure or a stop.
Task<void> FetchRun::handle(Item item, Permit /*open*/) {
    try {
        const Result<void> fetched = co_await fetch(item);
        if (!fetched) {
            item.failure = fetched.error();
        }
    } catch (const Cancelled&) {
        item.failure = shutdown_.reason();
    } catch (const std::exception& bug) {
        item.failure = Error(ErrorClass::Internal, bug.what());
    }
    conclude(item);
}

/// Fetches what the output format needs of the input.
Task<Result<void>> FetchRun::fetch(Item& item) {
    if (!item.input.request) {
        co_return item.input.request.error();
    }
    RUNNEL_CO_TRY_ASSIGN(const OutputFormat::Need need, co_await format_->begin(item));
    if (need == OutputFormat::Need::Nothing) {
        co_return Result<void>();
    }
    if (files_.etags && need == OutputFormat::Need::Change) {
        files_.etags->make_conditional(*item.input.request);
    }
    co_return co_await fetch_with_retries(item);
}

/// Makes attempts until one is final. No attempt follows one that has printed something.
Task<Result<void>> FetchRun::fetch_with_retries(Item& item) {
    const auto attempt = [&] { return this->attempt(item); };
    const auto before_retry = [&](const Error& failure, Duration wait) {
        item.out.restart();
        log_.info(retry_message(item, failure, wait));
        return wait_for_retry(wait);
    };
    co_return co_await retrier_.run(*item.input.request, item.trace, attempt, before_retry);
}

/// Waits for \a span. Throws Cancelled if the run ends early, because no attempt may start then.
Task<void> FetchRun::wait_for_retry(Duration span) {
    const Deadline over = Deadline::within(loop_.now(), span);
    const bool ending = co_await shutdown_.ending().wait_until(over);
    if (ending) {
        throw Cancelled();
    }
}

/// Sends the request, judges the status and delivers the body.
Task<Result<void>> FetchRun::attempt(Item& item) {
    const http::Request& request = *item.input.request;
    http::SendOptions options;
    options.turn = item.out.turn();
    RUNNEL_CO_TRY_ASSIGN(const std::unique_ptr<http::Response> response,
                         co_await client_.send(request, options, item.trace));
    format_->answered(*response, item);
    if (is_not_modified(*response, item)) {
        co_await http::discard(*response);
        item.not_modified = true;
        co_return Result<void>();
    }
    if (!item.input.expect.value_or(plan_.expect).contains(response->status())) {
        co_await http::discard(*response);
        co_return http::unexpected_status(*response, *request.policy);
    }
    Result<void> delivered = co_await deliver(*response, item);
    item.trace.delivered = item.out.printed();
    co_return delivered;
}

/// Prints the body, or writes it to its file.
Task<Result<void>> FetchRun::deliver(http::Response& response, Item& item) {
    Result<void> taken = co_await format_->take(response, item);
    if (!plan_.output.writes_bodies()) {
        co_await wait_for_room(item);
    }
    if (taken && files_.etags) {
        item.lesson = EtagStore::lesson(*item.input.request, item.asked_last(),
                                        CacheValidator::of(response), item.file);
    }
    co_return taken;
}

/// Waits, while the item has its job, until conclude() can print and journal without waiting. A
/// stop ends only the wait, because the body is already in the output: the item must not be
/// journaled as interrupted.
Task<void> FetchRun::wait_for_room(Item& item) {
    try {
        co_await item.out.writable();
        co_await journal_.writable();
    } catch (const Cancelled&) {
        co_return;
    }
}

/// Makes the record of an input and ends its output. A failed input is settled at once, any other
/// when the sink has taken its output.
void FetchRun::conclude(Item& item) {
    const JournalKey key = item.key;
    const std::uint64_t left_number = item.left_number;
    Record record = to_record(item, loop_.now());
    format_->conclude(record, item);
    record.response_body.reset();  // printed; free it before the record waits for the sink
    if (record.failure) {
        unwritten_ = unwritten_ || record.failure->error_class() == ErrorClass::Sink;
        if (!output_.error()) {
            failures_.log(record);
        }
        settle(record, key, left_number);
        item.out.close();
        return;
    }
    const auto settled = [this, record = std::move(record), key, left_number,
                          lesson =
                              std::move(item.lesson)](const std::optional<Error>& failure) mutable {
        record.failure = failure;
        settle(record, key, left_number);
        if (lesson && !failure) {
            files_.etags->learn(*std::move(lesson));
        }
    };
    item.out.close(settled);
}

/// Counts the input and writes it to the journal. Called once for each input.
void FetchRun::settle(const Record& record, const JournalKey& key, std::uint64_t left_number) {
    stats_.count(record);
    if (record.state() == Record::State::Delivered) {
        files_.left.set_delivered(left_number);
    }
    journal_.add(record, key);
    if (plan_.max_fail.stops(stats_.failed(), stats_.ended()) && !shutdown_.stopped()) {
        log_.error(fmt::format("{} of {} inputs failed: --max-fail {} exceeded", stats_.failed(),
                               stats_.ended(), plan_.max_fail.to_string()));
        shutdown_.end(ExitStatus::Failed);
    }
}

ExitStatus FetchRun::status() const {
    const bool failed = unreadable_ || plan_.max_fail.exceeded(stats_.failed(), stats_.ended());
    const ExitStatus failure = unwritten_ ? ExitStatus::OutputFailed : ExitStatus::Failed;
    const bool bug = stats_.count_of(ErrorClass::Internal) > 0;
    ExitStatus status = bug ? ExitStatus::Internal : ExitStatus::Success;
    status = more_severe(status, failed ? failure : ExitStatus::Success);
    return more_severe(more_severe(status, sink_->status()), shutdown_.status());
}

void FetchRun::log_ending() {
    if (output_.error()) {
        return;  // Shutdown logs it, except EPIPE.
    }
    failures_.log_cancelled();
    if (shutdown_.stopped()) {
        log_.warn(fmt::format("stopped early after reading {} inputs: {}; {}", inputs_.count(),
                              stats_.counts(), inputs_.describe_end()));
    }
    if (retrier_.budget().refused() > 0) {
        log_.warn(
            fmt::format("{} retries were not made: by default there is at most one for ten inputs "
                        "(--retry N removes this limit)",
                        retrier_.budget().refused()));
    }
    log_.note(stats_.summary(facts()));
}

Progress FetchRun::progress() const {
    Progress progress;
    progress.ended = stats_.ended() + stats_.cancelled() + skipped_;
    progress.skipped = skipped_ + stats_.kept();
    progress.failed = stats_.failed();
    progress.retries = stats_.retries();
    progress.in_flight = admission_.out();
    const std::optional<double> share = inputs_.share_read();
    if (share && *share > 0) {
        progress.expected = static_cast<double>(inputs_.count()) / *share;
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
