#include "app/batch/coprocess_sink.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

#include "app/batch/command_verdict.hpp"
#include "async/timeout.hpp"

namespace runnel {

CoprocessSink::CoprocessSink(Loop& loop, std::vector<std::string> cmd, std::size_t workers,
                             Duration max_time, Duration grace, Output& output)
    : loop_(loop),
      options_(ProcessOptions(std::move(cmd)), workers),
      max_time_(max_time),
      grace_(grace == Duration::zero() ? Duration::max() : grace),
      output_(output) {}

Result<void> CoprocessSink::start() {
    Result<std::unique_ptr<ProcessPool>> pool = ProcessPool::start(loop_, options_);
    if (!pool) {
        return std::move(pool).error();
    }
    pool_ = *std::move(pool);
    return {};
}

Task<Result<Verdict>> CoprocessSink::deliver(const Batch& batch) {
    if (!pool_) {
        const Result<void> started = start();
        if (!started) {
            co_return verdict_of_failure(started.error());
        }
    }
    const bool gave_up = pool_->exhausted();
    std::string question = batch.text();
    question.pop_back();
    const Deadline limit = Deadline::after(loop_.now(), max_time_);
    std::optional<Result<std::string>> answer =
        co_await timeout(pool_->ask(std::move(question)), limit);
    if (!answer) {
        const std::chrono::duration<double> span = max_time_;
        co_return Verdict::failed(fmt::format("no answer within {:g} s", span.count()));
    }
    if (!*answer && gave_up) {
        co_return answer->error();
    }
    if (!*answer) {
        co_return verdict_of_failure(answer->error());
    }
    std::string line = *std::move(*answer);
    line += '\n';
    output_.append_from(line);
    try {
        co_await output_.writable();
    } catch (const Cancelled&) {
        // It was printed; who waits next hears of the stop.
    }
    co_return Verdict::accepted();
}

Task<Result<void>> CoprocessSink::close() {
    if (!pool_) {
        co_return Result<void>();
    }
    const Result<void> closed = co_await pool_->close(grace_);
    co_return closed;
}

void CoprocessSink::kill() noexcept {
    if (pool_) {
        pool_->kill();
    }
}

}  // namespace runnel
