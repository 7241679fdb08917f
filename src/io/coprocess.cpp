#include "io/coprocess.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "async/sleep.hpp"
#include "base/text.hpp"

namespace runnel {

namespace {

/// Maximum time to wait for the exit of a process whose output has ended, and for the end of the
/// output of a process that has exited.
constexpr Duration kEndTimeout = std::chrono::seconds(1);

/// Time without an answer after which the silence is reported.
constexpr Duration kSilence = std::chrono::seconds(5);

/// Interval between checks whether a new answer has arrived; a new answer wakes no timer.
constexpr Duration kCheckInterval = std::chrono::seconds(1);

/// Threshold of a timer's delay from which this process is assumed to have been stopped.
constexpr Duration kStopThreshold = std::chrono::milliseconds(200);

}  // namespace

/// The state of one exchange.
struct Coprocess::Exchange {
    Exchange(std::size_t count, std::uint64_t max_answer, TimePoint now)
        : lines(count), began(now), cutter(count, max_answer), waits_since(now) {}

    std::size_t lines;
    TimePoint began;
    std::size_t bytes = 0;  ///< Size of all answers.
    AnswerCutter cutter;
    /// When the wait for the next answer began; nullopt while answers are being taken.
    std::optional<TimePoint> waits_since;
    bool answered = false;  ///< All answers were taken.
    bool timed_out = false;
    bool surplus = false;
};

Task<std::optional<ExchangeFailure>> Coprocess::exchange(LineBlock block, const Take& take) {
    const Context& context = co_await this_task::context();
    Exchange state(block.lines, limits_.max_answer, loop_.now());
    TaskGroup group(context);
    group.start(receive(state, take, group));
    group.start(send(std::move(block.text), state, group));
    group.start(watch_exit(group));
    group.start(watch_silence(state, group));
    co_await group.join();
    if (state.answered) {
        co_return std::nullopt;
    }
    ExchangeFailure reason = co_await explain(state);
    co_return reason;
}

/// Writes the block while receive() reads, because the process may answer before it has read the
/// whole block.
Task<void> Coprocess::send(std::string text, Exchange& exchange, TaskGroup& group) {
    const Result<void> sent = co_await process_->in().write(std::move(text));
    if (sent) {
        if (exchange.waits_since) {
            exchange.waits_since = loop_.now();
        }
        co_return;
    }
    // The process may have answered without reading everything, so receive() gets time to read
    // that.
    co_await sleep_for(kEndTimeout);
    group.request_stop();
}

Task<void> Coprocess::receive(Exchange& exchange, const Take& take, TaskGroup& group) {
    while (!exchange.cutter.complete() && !exchange.cutter.too_long()) {
        co_await let_arrive(exchange);
        Result<std::string> bytes = co_await process_->out().read();
        if (!bytes || bytes->empty()) {
            break;
        }
        AnswerCutter::Answers answers = exchange.cutter.feed(*std::move(bytes));
        const bool complete = exchange.cutter.complete();
        exchange.surplus = complete && (exchange.cutter.has_surplus() || has_surplus());
        if (exchange.surplus) {
            break;
        }
        if (answers.count > 0) {
            has_answered_ = true;
            exchange.bytes += answers.text.size();
            pace_.record(exchange.lines - exchange.cutter.missing(), exchange.bytes,
                         loop_.now() - exchange.began);
            exchange.waits_since.reset();
            exchange.answered = complete;
            co_await take(std::move(answers));
            exchange.waits_since = loop_.now();
        }
    }
    group.request_stop();
}

/// Gives a fast process time to print many answers, so that they are read at once.
Task<void> Coprocess::let_arrive(const Exchange& exchange) {
    Duration wait = pace_.wait(exchange.cutter.missing());
    if (limits_.max_wait > Duration::zero()) {
        wait = std::min(wait, limits_.max_wait / 2);
    }
    if (wait > Duration::zero()) {
        process_->out().stop_reading();
        co_await sleep_for(wait);
    }
}

Task<void> Coprocess::watch_exit(TaskGroup& group) {
    const bool exited = co_await process_->wait_exit();
    static_cast<void>(exited);
    const bool ended = co_await process_->wait_outputs(kEndTimeout);
    if (!ended) {
        warn_of_cut();
        group.request_stop();
    }
}

Task<void> Coprocess::watch_silence(Exchange& exchange, TaskGroup& group) {
    const Duration max_wait =
        limits_.max_wait == Duration::zero() ? Duration::max() : limits_.max_wait;
    bool reported = false;
    for (;;) {
        const TimePoint now = loop_.now();
        const Duration silence = exchange.waits_since ? now - *exchange.waits_since : Duration();
        if (silence >= max_wait) {
            exchange.timed_out = true;
            group.request_stop();
            co_return;
        }
        if (silence >= kSilence && !reported) {
            reported = true;
            warn_(name_ +
                  ": a worker has not answered for 5 s. It must print each answer at once, not "
                  "when its buffer is full: see jq --unbuffered, sed -u, stdbuf -oL");
        }
        const Duration left = std::min(max_wait - silence, kCheckInterval);
        co_await sleep_for(left);
        const Duration late = loop_.now() - now - left;
        if (late > kStopThreshold && exchange.waits_since) {
            // This process was stopped; the time does not count.
            exchange.waits_since = std::min(*exchange.waits_since + late, loop_.now());
        }
    }
}

/// Returns why a block was not answered, after its exchange has ended.
Task<ExchangeFailure> Coprocess::explain(const Exchange& exchange) {
    ExchangeFailure reason(failure("closed its input or output instead of answering"));
    if (exchange.timed_out) {
        reason.error = Error(ErrorClass::Sink,
                             fmt::format("no answer within {:g} s", to_seconds(limits_.max_wait)));
        co_return reason;
    }
    if (exchange.surplus) {
        reason.error = surplus();
        reason.surplus = true;
        co_return reason;
    }
    if (exchange.cutter.too_long()) {
        reason.error =
            Error(ErrorClass::TooLarge,
                  fmt::format("{}: the answer is longer than {} bytes", name_, limits_.max_answer));
        co_return reason;
    }
    const Deadline limit(loop_.now() + kEndTimeout);
    const bool exited = co_await process_->wait_exit(limit);
    if (exited) {
        reason.ending = process_->ending();
        reason.error = failure(reason.ending->to_string() + " instead of answering");
    }
    co_return reason;
}

Error Coprocess::failure(const std::string& what) const {
    return Error(ErrorClass::Sink, name_ + ": the worker " + what);
}

Error Coprocess::surplus() const {
    return failure(
        "printed more lines than it was given, so its answers may belong to other lines. It must "
        "answer each line with one line, and print nothing else on stdout");
}

Task<Result<void>> Coprocess::finish(Duration grace) {
    process_->in().close();
    const Context& context = co_await this_task::context();
    bool more = false;
    Result<void> result;
    TaskGroup group(context);
    group.start(drain(more));
    group.start(wait_end(grace, result, group));
    co_await group.join();
    if (more) {
        co_return surplus();
    }
    co_return std::move(result);
}

/// Reads to the end of the output.
Task<void> Coprocess::drain(bool& surplus) {
    for (;;) {
        const Result<std::string> bytes = co_await process_->out().read();
        if (!bytes || bytes->empty()) {
            co_return;
        }
        surplus = true;
    }
}

/// Waits for the exit, and then a moment for the end of the output.
Task<void> Coprocess::wait_end(Duration grace, Result<void>& result, TaskGroup& group) {
    const Deadline limit = Deadline::within(loop_.now(), grace);
    const bool exited = co_await process_->wait_exit(limit);
    if (!exited) {
        result = failure("did not exit after the end of its input, and was terminated");
        Result<ProcessEnding> ending = co_await process_->terminate(grace);
        if (!ending) {
            result = std::move(ending).error();
        }
    } else if (!process_->ending()->ok()) {
        result = failure(process_->ending()->to_string() + " at the end of its input");
    }
    const Deadline end(loop_.now() + kEndTimeout);
    const bool ended = co_await process_->out().wait_end_until(end);
    if (!ended) {
        warn_of_cut();
    }
    group.request_stop();
}

void Coprocess::warn_of_cut() const {
    warn_(name_ +
          ": a worker has exited, but another process holds its stdout open; further output of "
          "that process is not read");
}

void Coprocess::signal(int number) noexcept {
    // Fails if the process has ended already.
    static_cast<void>(process_->kill(number));
}

}  // namespace runnel
