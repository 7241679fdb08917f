#pragma once

#include <cstddef>
#include <memory>
#include <set>
#include <string>

#include "app/batch/batch_plan.hpp"
#include "app/console/log.hpp"
#include "io/loop.hpp"
#include "io/output.hpp"
#include "io/process_pool.hpp"
#include "io/spool.hpp"
#include "pipeline/batch_sink.hpp"

namespace runnel {

/// Gives each batch to one of several workers that are kept running (ProcessPool). A worker answers
/// each line with one line. The answer is printed, and means that the line is accepted.
class CoprocessSink final : public BatchSink {
public:
    /// \a loop, \a plan, \a output and \a log must outlive this. The workers are started with the
    /// first batch.
    CoprocessSink(Loop& loop, const BatchPlan& plan, Output& output, Log& log);

    /// Divides a batch of several lines if the worker failed before it had answered all, because
    /// any unanswered line may have caused the failure.
    [[nodiscard]] Task<Result<Verdict>> deliver(Batch& batch) override;
    [[nodiscard]] std::size_t lines_wanted() const override;
    [[nodiscard]] Task<Result<void>> close() override;
    void signal(int number) noexcept override;

private:
    /// The answers to the first lines of a batch whose turn to print has not come.
    struct Held {
        Spool answers;
        std::size_t lines = 0;
        Result<void> kept;  ///< The failure if not all answers could be held.
    };

    [[nodiscard]] Result<void> start();
    [[nodiscard]] Task<void> take_answers(Batch& batch, Held& held, AnswerCutter::Answers answers);
    [[nodiscard]] Task<Result<void>> print_held(Batch& batch, Held& held);
    void warn_once(const std::string& text);

    Loop& loop_;
    const BatchPlan& plan_;
    Output& output_;
    Log& log_;
    std::set<std::string> warnings_;
    std::unique_ptr<ProcessPool> pool_;
};

}  // namespace runnel
