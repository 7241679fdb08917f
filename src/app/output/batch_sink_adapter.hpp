#pragma once

#include <memory>

#include "app/batch/batch_dispatcher.hpp"
#include "app/output/sink.hpp"

namespace runnel {

/// Delivers the lines of all inputs in batches (`fetch ... -- CMD`). An input is settled when all
/// of its lines were accepted or given up; it is delivered if all were accepted.
class BatchSinkAdapter final : public Sink {
public:
    /// The arguments of BatchDispatcher, except that this owns \a sink.
    BatchSinkAdapter(Loop& loop, const BatchPlan& plan, std::unique_ptr<BatchSink> sink,
                     DeadLetters& dead_letters, Output& output, Shutdown& shutdown, Log& log);

    /// See BatchDispatcher.
    void number_after(std::uint64_t last) noexcept { dispatcher_.number_after(last); }

    [[nodiscard]] std::shared_ptr<ItemSink> open() override;
    [[nodiscard]] bool is_writable() const noexcept override { return dispatcher_.is_writable(); }
    [[nodiscard]] Task<void> writable() override;
    [[nodiscard]] Task<void> serve(TaskGroup& work) override;
    void close() override { dispatcher_.close(); }
    [[nodiscard]] Task<void> finish() override;
    void settle_rest(const Error& reason) override { dispatcher_.settle_rest(reason); }
    [[nodiscard]] std::uint64_t last_job() const noexcept override {
        return dispatcher_.last_number();
    }
    [[nodiscard]] ExitStatus status() const noexcept override { return dispatcher_.status(); }

private:
    class Lines;

    std::uint64_t max_line_;
    std::unique_ptr<BatchSink> sink_;
    BatchDispatcher dispatcher_;
};

}  // namespace runnel
