#pragma once

#include <memory>

#include "app/deliveries.hpp"
#include "app/destination.hpp"

namespace runnel {

/// A sink that gets the lines of all inputs in batches (`fetch ... -- CMD`). An input is settled
/// when the batches that its lines went into are: accepted if all of them were.
class BatchDestination final : public Destination {
public:
    /// What Deliveries takes; \a sink is kept.
    BatchDestination(Loop& loop, const BatchOptions& options, std::unique_ptr<BatchSink> sink,
                     DeadLetters& dead_letters, Output& output, RunControl& control, Log& log);

    [[nodiscard]] std::shared_ptr<Outlet> open() override;
    [[nodiscard]] bool has_room() const noexcept override { return deliveries_.has_room(); }
    [[nodiscard]] Task<void> room() override;
    [[nodiscard]] Task<void> serve(TaskGroup& work) override;
    void close() override { deliveries_.close(); }
    [[nodiscard]] Task<void> finish() override;
    void settle_rest(const Error& /*reason*/) override {}
    [[nodiscard]] ExitStatus status() const noexcept override { return deliveries_.status(); }

private:
    class Lines;

    std::unique_ptr<BatchSink> sink_;
    Deliveries deliveries_;
};

}  // namespace runnel
