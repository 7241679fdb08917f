#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "app/output/sink.hpp"
#include "async/event.hpp"
#include "io/output.hpp"

namespace runnel {

/// Prints to stdout. An input is settled when the writer of stdout has its bytes or, if tracked,
/// when the system has them.
class StdoutSink final : public Sink {
public:
    /// Tracks nothing. \a output must outlive this.
    explicit StdoutSink(Output& output);
    /// Tracks each input. Not writable while \a max_unsettled inputs wait for the system.
    StdoutSink(Output& output, std::size_t max_unsettled);

    [[nodiscard]] std::shared_ptr<ItemSink> open() override;
    [[nodiscard]] bool is_writable() const noexcept override;
    [[nodiscard]] Task<void> writable() override;
    [[nodiscard]] Task<void> serve(TaskGroup& work) override;
    void close() override;
    [[nodiscard]] Task<void> finish() override { co_return; }
    void settle_rest(const Error& reason) override;
    /// Returns Success, because Shutdown has the status of a failed stdout.
    [[nodiscard]] ExitStatus status() const noexcept override { return ExitStatus::Success; }

private:
    class Untracked;
    class Tracked;
    struct Unwritten {
        std::uint64_t position;
        ItemSink::Settled settled;
    };

    Task<void> settle_as_written();
    void settle_written();

    Output& output_;
    std::shared_ptr<ItemSink> untracked_;  ///< Shared by all inputs; null if they are tracked.
    std::deque<Unwritten> unwritten_;      ///< Ordered by position.
    std::size_t max_unwritten_ = 1;
    Event changed_;
    Event settled_;
    bool closed_ = false;
};

}  // namespace runnel
