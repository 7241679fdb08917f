#include "app/fetch.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "http/redirect.hpp"

namespace runnel {

namespace {

/// After a run was stopped, so long is waited for stdout to take what was printed.
constexpr Duration kLastWords = std::chrono::seconds(1);

Error unexpected_status(const http::Response& response) {
    if (http::is_redirect(response.status()) && response.location().empty()) {
        return Error(ErrorClass::Redirect,
                     fmt::format("status {} without a Location", response.status()));
    }
    return Error(ErrorClass::HttpStatus, fmt::format("status {}", response.status()));
}

}  // namespace

Fetch::Fetch(Loop& loop, const FetchOptions& options, http::Client& client, Inputs& inputs,
             Output& output, Log& log, TimePoint started)
    : loop_(loop),
      options_(options),
      client_(client),
      inputs_(inputs),
      output_(output),
      log_(log),
      started_(started),
      form_(make_output_form(options, output)),
      jobs_(options.jobs),
      control_(loop, output, log, Deadline::after(started, options.deadline), options.grace),
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
    work.start(flush_output());
    co_await work.join();
    // A signal is heard until the last words are out.
    co_await say_last_words();
    watchers.request_stop();
    co_await watchers.join();
    co_return more_telling(status_, control_.status());
}

/// One input after another, each on its way as soon as a job is free. An input that was read is
/// answered for, also when the run ends while it waits.
Task<void> Fetch::read_inputs(TaskGroup& work) {
    for (;;) {
        Result<std::optional<Input>> input = co_await inputs_.next();
        if (!input) {
            log_.error(input.error().message());
            status_ = more_telling(status_, ExitStatus::Failed);
            continue;
        }
        if (!*input) {
            co_return;
        }
        Item item(std::move(**input), loop_.now());
        Permit permit;
        try {
            permit = co_await jobs_.acquire();
        } catch (const Cancelled&) {
            item.failure = control_.reason();
        }
        if (item.failure) {
            conclude(item);
            throw Cancelled();
        }
        work.start(handle(std::move(item), std::move(permit)));
    }
}

/// From the permit to the record. The permit is kept until stdout has room again: that is what
/// holds the producer back.
Task<void> Fetch::handle(Item item, Permit /*permit*/) {
    item.admitted_at = loop_.now();
    try {
        co_await fetch_item(item);
    } catch (const Cancelled&) {
        item.failure = control_.reason();
    } catch (const std::exception& bug) {
        item.failure = Error(ErrorClass::Internal, bug.what());
    }
    conclude(item);
    co_await output_.room();
    co_await log_.room();
}

Task<void> Fetch::fetch_item(Item& item) {
    if (!item.input.request) {
        item.failure = item.input.request.error();
        co_return;
    }
    const http::Request& request = *item.input.request;
    item.trace.admit(item.read_at, item.admitted_at);
    Result<std::unique_ptr<http::Response>> response = co_await client_.send(request, item.trace);
    if (!response) {
        item.failure = std::move(response).error();
        co_return;
    }
    Result<void> delivered = co_await deliver(**response, item);
    if (!delivered) {
        item.failure = std::move(delivered).error();
    }
}

Task<Result<void>> Fetch::deliver(http::Response& response, Item& item) {
    form_->answered(response, item);
    if (!options_.expect.contains(response.status())) {
        co_await http::discard(response);
        co_return unexpected_status(response);
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
}

Task<void> Fetch::flush_output() {
    const bool written = co_await output_.flush(Deadline::never());
    static_cast<void>(written);  // a failure reaches RunControl, which tells of it
    co_await log_.flush(Deadline::never());
}

/// A run that was stopped leaves at once, but for a moment in which stdout may take the rest.
Task<void> Fetch::say_last_words() {
    if (control_.stopped() && !output_.error()) {
        const Deadline last_words = Deadline::after(loop_.now(), kLastWords);
        const bool written = co_await output_.flush(last_words);
        if (!written && !output_.error()) {
            log_.error(fmt::format("stdout has not taken {} bytes that were printed",
                                   output_.appended() - output_.written()));
        }
    }
    tell_ending();
    co_await log_.flush(Deadline::after(loop_.now(), kLastWords));
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
    if (log_.verbose()) {
        log_.info(stats_.summary(loop_.now() - started_, loop_.lag()));
    }
}

}  // namespace runnel
