#include "app/fetch.hpp"

#include <fmt/format.h>

#include <optional>
#include <random>
#include <utility>

namespace runnel {

namespace {

/// Inputs that wait for their origin, or for their next attempt, beside those that have a job.
constexpr std::size_t kInputsThatWait = 1000;

Admission::Limits limits_of(const FetchOptions& options) {
    Admission::Limits limits(options.jobs);
    limits.per_origin = options.per_host;
    return limits;
}

std::string tell_retry(const Item& item, const Error& failure, Duration wait) {
    return fmt::format("{}: {}: {}; again in {:.3g} s", item.input.request->url.redacted(),
                       to_string(failure.error_class()), failure.message(),
                       std::chrono::duration<double>(wait).count());
}

}  // namespace

Fetch::Fetch(Loop& loop, const FetchOptions& options, http::Client& network, Inputs& inputs,
             Output& output, Log& log, TimePoint started)
    : loop_(loop),
      options_(options),
      inputs_(inputs),
      output_(output),
      log_(log),
      started_(started),
      control_(loop, output, log, Deadline::after(started, options.deadline), options.grace),
      admission_(network, limits_of(options), options.retry, control_.ending(), loop),
      client_(admission_),
      budget_(options.retry),
      random_(std::random_device()()),
      order_(output, options.keep_order, options.order_buffer),
      form_(make_output_form(options, order_)),
      in_hand_(options.jobs + kInputsThatWait),
      failures_(log) {}

Task<ExitStatus> Fetch::run() {
    const Context& context = co_await this_task::context();
    TaskGroup watchers(context);
    TaskGroup intake(context);
    TaskGroup work(context);
    watchers.start(control_.watch(intake, work));
    intake.start(read_inputs(work));
    co_await intake.join();
    co_await work.join();
    const auto last_words = [this] { tell_ending(); };
    co_await control_.wind_up(work, watchers, last_words);
    co_return more_telling(status_, control_.status());
}

/// One input after another, each on its way at once. The producer is held back while somebody waits
/// for a job or stdout is full; those that wait for their origin hold nobody up, but there is a
/// limit to their number. An input that was read is answered for, also when the run ends before it
/// was on its way.
Task<void> Fetch::read_inputs(TaskGroup& work) {
    for (;;) {
        co_await admission_.nobody_waits();
        co_await output_.room();
        co_await order_.room();
        co_await log_.room();
        Result<std::optional<Input>> input = co_await inputs_.next();
        if (!input) {
            log_.error(input.error().message());
            status_ = more_telling(status_, ExitStatus::Failed);
            continue;
        }
        if (!*input) {
            co_return;
        }
        Item item(std::move(**input), loop_.now(), order_.next());
        Permit in_hand;
        try {
            in_hand = co_await in_hand_.acquire();
        } catch (const Cancelled&) {
            item.failure = control_.reason();
        }
        if (item.failure) {
            conclude(item);
            throw Cancelled();
        }
        work.start(handle(std::move(item), std::move(in_hand)));
    }
}

/// From the input to its record.
Task<void> Fetch::handle(Item item, Permit /*in_hand*/) {
    try {
        co_await fetch_item(item);
    } catch (const Cancelled&) {
        item.failure = control_.reason();
    } catch (const std::exception& bug) {
        item.failure = Error(ErrorClass::Internal, bug.what());
    }
    conclude(item);
}

/// One attempt, and more as long as a retry may mend it and nothing was printed.
Task<void> Fetch::fetch_item(Item& item) {
    if (!item.input.request) {
        item.failure = item.input.request.error();
        co_return;
    }
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
        log_.info(tell_retry(item, done.error(), *wait));
        co_await wait_for_retry(*wait);
    }
}

/// Ends with Cancelled when the run ends early: no attempt begins any more.
Task<void> Fetch::wait_for_retry(Duration span) {
    const Deadline over = Deadline::within(loop_.now(), span);
    const bool ending = co_await control_.ending().wait_until(over);
    if (ending) {
        throw Cancelled();
    }
}

Task<Result<void>> Fetch::attempt(Item& item) {
    Result<std::unique_ptr<http::Response>> response =
        co_await client_.send(*item.input.request, item.trace);
    if (!response) {
        co_return std::move(response).error();
    }
    co_return co_await deliver(**response, item);
}

Task<Result<void>> Fetch::deliver(http::Response& response, Item& item) {
    form_->answered(response, item);
    if (!item.input.expect.value_or(options_.expect).contains(response.status())) {
        co_await http::discard(response);
        co_return http::unexpected_status(response, options_.policy);
    }
    co_return co_await form_->take(response, item);
}

/// Exactly one record per input: it is counted here, told if it failed, and printed if asked for.
void Fetch::conclude(Item& item) {
    const Record record = to_record(item, loop_.now());
    stats_.count(record);
    if (record.failure) {
        status_ = more_telling(status_, ExitStatus::Failed);
        if (!output_.error()) {
            failures_.tell(record);
        }
    }
    form_->conclude(record, item);
    item.out.close();
}

void Fetch::tell_ending() {
    if (output_.error()) {
        return;  // said once, or not to be said at all: see RunControl
    }
    if (control_.stopped()) {
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
    if (log_.verbose()) {
        log_.info(stats_.summary(facts()));
    }
}

RunFacts Fetch::facts() const {
    RunFacts facts(loop_.lag());
    facts.elapsed = loop_.now() - started_;
    facts.read = inputs_.count();
    facts.input_left = !inputs_.at_end();
    facts.peak_in_flight = admission_.peak();
    return facts;
}

}  // namespace runnel
