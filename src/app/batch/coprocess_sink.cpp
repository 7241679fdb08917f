#include "app/batch/coprocess_sink.hpp"

#include <fmt/format.h>

#include <algorithm>
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
    const Coprocess::Take take = [this, &batch](AnswerCutter::Answers answers) {
        return print(batch, std::move(answers));
    };
    LineBlock block = block_of(batch);
    const std::optional<ExchangeFailure> failure = co_await pool_->exchange(std::move(block), take);
    if (!failure) {
        co_return Verdict::accepted();
    }
    if (exhausted) {
        co_return failure->error;
    }
    co_return verdict_of(*failure, batch.size());
}

/// Workers read lines that end with a newline, whatever the delimiter of the input is.
LineBlock CoprocessSink::block_of(const Batch& batch) const {
    std::string text(batch.text());
    if (plan_.separator != '\n') {
        std::replace(text.begin(), text.end(), plan_.separator, '\n');
    }
    return LineBlock(std::move(text), batch.size());
}

Task<void> CoprocessSink::print(Batch& batch, AnswerCutter::Answers answers) {
    output_.append_from(answers.text);
    accept(batch.take_first(answers.count));
    co_await wait_after_print(output_);
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
