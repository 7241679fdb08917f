#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "async/sleep.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel::test {

/// A sink that returns the given verdicts, one for each attempt, after \a takes; then it accepts
/// everything.
class ScriptedSink final : public BatchSink {
public:
    explicit ScriptedSink(Duration takes = Duration::zero()) noexcept : takes_(takes) {}

    void say(Result<Verdict> verdict) { verdicts_.push_back(std::move(verdict)); }
    /// The text of the batch and the number of each attempt, `"a\n#1"`.
    [[nodiscard]] const std::vector<std::string>& attempts() const noexcept { return attempts_; }

    /// Accepts the first line of each batch before the verdict.
    void accept_first_lines() noexcept { accepts_first_ = true; }

    Task<Result<Verdict>> deliver(Batch& batch) override {
        attempts_.push_back(std::string(batch.text()) + "#" + std::to_string(batch.attempts));
        co_await sleep_for(takes_);
        if (accepts_first_) {
            accept(batch.take_first(1));
        }
        Result<Verdict> verdict = Verdict::accepted();
        if (!verdicts_.empty()) {
            verdict = std::move(verdicts_.front());
            verdicts_.pop_front();
        }
        co_return verdict;
    }
    Task<Result<void>> close() override { co_return Result<void>(); }
    void signal(int number) noexcept override { signals.push_back(number); }

    std::vector<int> signals;

private:
    Duration takes_;
    bool accepts_first_ = false;
    std::deque<Result<Verdict>> verdicts_;
    std::vector<std::string> attempts_;
};

}  // namespace runnel::test
