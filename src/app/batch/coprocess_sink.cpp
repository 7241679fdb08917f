#include "app/batch/coprocess_sink.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "app/batch/command_verdict.hpp"
#include "app/batch/output_wait.hpp"

namespace runnel {

namespace {

Result<Verdict> verdict_of(const ExchangeFailure& failure, std::size_t lines) {
    if (failure.attempted && lines > 1) {
        return Verdict::divided(failure.error.message());
    }
    if (failure.ending) {
        return verdict_of(*failure.ending, failure.error.message());
    }
    return verdict_of_failure(failure.error);
}

}  // namespace

CoprocessSink::CoprocessSink(Loop& loop, const BatchPlan& plan, Output& output, Log& log)
    : loop_(loop), plan_(plan), output_(output), log_(log) {}

Result<void> CoprocessSink::start() {
    ProcessPoolOptions options(ProcessOptions(plan_.cmd), plan_.jobs);
    options.limits.max_answer = plan_.max_line;
    options.limits.max_wait = plan_.max_time;
    options.max_block_lines = plan_.limits.lines;
    options.ended_on_purpose = is_verdict;
    options.warn = [this](const std::string& text) { warn_once(text); };
    RUNNEL_TRY_ASSIGN(pool_, ProcessPool::start(loop_, std::move(options)));
    if (pool_->workers() < plan_.jobs) {
        log_.warn(
            fmt::format("workers: {} instead of {}: the system lacks descriptors or processes "
                        "for more (see ulimit -n and -u)",
                        pool_->workers(), plan_.jobs));
    }
    return {};
}

void CoprocessSink::warn_once(const std::string& text) {
    if (warnings_.insert(text).second) {
        log_.warn(text);
    }
}

std::size_t CoprocessSink::lines_wanted() const { return pool_ ? pool_->next_block_lines() : 1; }

Task<Result<Verdict>> CoprocessSink::deliver(Batch& batch) {
    if (!pool_) {
        const Result<void> started = start();
        if (!started) {
            co_return verdict_of_failure(started.error());
        }
    }
    const bool exhausted = pool_->exhausted();
    Held held;
    const Coprocess::Take take = [this, &batch, &held](AnswerCutter::Answers answers) {
        return take_answers(batch, held, std::move(answers));
    };
    LineBlock block(std::string(batch.text()), batch.size());
    const std::optional<ExchangeFailure> failure = co_await pool_->exchange(std::move(block), take);
    if (held.lines > 0) {
        const Result<void> printed = co_await print_held(batch, held);
        if (!printed) {
            co_return Verdict::failed(printed.error().message());
        }
    }
    if (!failure) {
        co_return Verdict::accepted();
    }
    if (exhausted) {
        co_return failure->error;
    }
    co_return verdict_of(*failure, batch.size());
}

/// Prints answers, or holds them if the turn of the batch has not come or earlier answers are held.
/// Does not wait for the turn, because the batch whose turn it is may need this worker.
Task<void> CoprocessSink::take_answers(Batch& batch, Held& held, AnswerCutter::Answers answers) {
    if (held.lines > 0 || (order() != nullptr && !order()->is_turn(batch.number))) {
        held.lines += answers.count;
        held.kept = held.kept ? held.answers.append(answers.text) : held.kept;
        co_return;
    }
    output_.append_from(answers.text);
    accept(batch.take_first(answers.count));
    co_await wait_after_print(output_);
}

/// Waits for the turn of the batch, prints the held answers and accepts their lines. If not all
/// answers could be held, fails and accepts none of these lines.
Task<Result<void>> CoprocessSink::print_held(Batch& batch, Held& held) {
    co_await order()->turn(batch.number);
    if (!held.kept) {
        co_return held.kept;
    }
    while (held.answers.size() > 0) {
        RUNNEL_CO_TRY_ASSIGN(std::string piece, held.answers.take());
        output_.append_from(piece);
        if (held.answers.size() > 0) {
            co_await wait_after_print(output_);
        }
    }
    accept(batch.take_first(held.lines));
    co_await wait_after_print(output_);
    co_return Result<void>();
}

Task<Result<void>> CoprocessSink::close() {
    if (!pool_) {
        co_return Result<void>();
    }
    const Duration grace = plan_.grace == Duration::zero() ? Duration::max() : plan_.grace;
    co_return co_await pool_->close(grace);
}

void CoprocessSink::signal(int number) noexcept {
    if (pool_) {
        pool_->signal(number);
    }
}

}  // namespace runnel
