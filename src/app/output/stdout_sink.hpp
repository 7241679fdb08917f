#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "app/output/sink.hpp"
#include "async/event.hpp"
#include "io/output.hpp"

namespace runnel {

/// stdout. What was printed counts as taken when the writer of stdout has it; or, for those who
/// must know, when the system has.
class StdoutSink final : public Sink {
public:
    /// \a output must outlive this.
    explicit StdoutSink(Output& output);
    /// The same, where outlets are settled when the system has taken what they were given, and not
    /// before. There is no room while \a most_unsettled of them wait for that.
    StdoutSink(Output& output, std::size_t most_unsettled);

    [[nodiscard]] std::shared_ptr<ItemSink> open() override;
    [[nodiscard]] bool is_writable() const noexcept override;
    [[nodiscard]] Task<void> writable() override;
    [[nodiscard]] Task<void> serve(TaskGroup& work) override;
    void close() override;
    [[nodiscard]] Task<void> finish() override { co_return; }
    void settle_rest(const Error& reason) override;
    /// Shutdown tells of a failure of stdout.
    [[nodiscard]] ExitStatus status() const noexcept override { return ExitStatus::Success; }

private:
    class Straight;
    class Tracked;
    struct Unwritten {
        std::uint64_t position;
        ItemSink::Settled settled;
    };

    Task<void> settle_as_written();
    void settle_written();

    Output& output_;
    std::shared_ptr<ItemSink> straight_;  ///< For all inputs; null when each is tracked.
    std::deque<Unwritten> unwritten_;     ///< By position.
    std::size_t most_unwritten_ = 1;
    Event changed_;
    Event has_room_;
    bool closed_ = false;
};

}  // namespace runnel
