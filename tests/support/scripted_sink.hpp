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

    Task<Result<Verdict>> deliver(const Batch& batch) override {
        attempts_.push_back(batch.text() + "#" + std::to_string(batch.attempts));
        co_await sleep_for(takes_);
        Result<Verdict> verdict = Verdict::accepted();
        if (!verdicts_.empty()) {
            verdict = std::move(verdicts_.front());
            verdicts_.pop_front();
        }
        co_return verdict;
    }
    Task<Result<void>> close() override { co_return Result<void>(); }
    void kill() noexcept override {}

private:
    Duration takes_;
    std::deque<Result<Verdict>> verdicts_;
    std::vector<std::string> attempts_;
};

}  // namespace runnel::test
