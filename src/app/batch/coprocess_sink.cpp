#include "app/batch/coprocess_sink.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "app/batch/command_verdict.hpp"
#include "app/batch/output_wait.hpp"
#include "async/timeout.hpp"
#include "base/text.hpp"

namespace runnel {

CoprocessSink::CoprocessSink(Loop& loop, std::vector<std::string> cmd, std::size_t workers,
                             Duration max_time, Duration grace, Output& output, Log& log)
    : loop_(loop),
      options_(ProcessOptions(std::move(cmd)), workers),
      max_time_(max_time),
      grace_(grace == Duration::zero() ? Duration::max() : grace),
      output_(output),
      log_(log) {}

Result<void> CoprocessSink::start() {
    RUNNEL_TRY_ASSIGN(pool_, ProcessPool::start(loop_, options_));
    if (pool_->workers() < options_.workers) {
        log_.warn(
            fmt::format("workers: {} instead of {}: the system lacks descriptors or processes "
                        "for more (see ulimit -n and -u)",
                        pool_->workers(), options_.workers));
    }
    return {};
}

Task<Result<Verdict>> CoprocessSink::deliver(const Batch& batch) {
    if (!pool_) {
        const Result<void> started = start();
        if (!started) {
            co_return verdict_of_failure(started.error());
        }
    }
    const bool exhausted = pool_->exhausted();
    std::string question = batch.text();
    question.pop_back();
    const Deadline limit = Deadline::after(loop_.now(), max_time_);
    std::optional<Result<std::string>> answer =
        co_await timeout(pool_->ask(std::move(question)), limit);
    if (!answer) {
        co_return Verdict::failed(fmt::format("no answer within {:g} s", to_seconds(max_time_)));
    }
    if (!*answer && exhausted) {
        co_return answer->error();
    }
    if (!*answer) {
        co_return verdict_of_failure(answer->error());
    }
    std::string line = *std::move(*answer);
    line += '\n';
    output_.append_from(line);
    co_await wait_after_print(output_);
    co_return Verdict::accepted();
}

Task<Result<void>> CoprocessSink::close() {
    if (!pool_) {
        co_return Result<void>();
    }
    co_return co_await pool_->close(grace_);
}

void CoprocessSink::kill() noexcept {
    if (pool_) {
        pool_->kill();
    }
}

}  // namespace runnel
