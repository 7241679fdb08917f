#pragma once

#include <cstdint>
#include <set>

#include "async/event.hpp"
#include "async/task.hpp"
#include "pipeline/in_flight.hpp"

namespace runnel {

/// Lets batches print in the order of their numbers. For the loop's thread.
class BatchOrder {
public:
    /// A batch that waits for its turn is not in \a in_flight, because it has ended its work.
    explicit BatchOrder(InFlight& in_flight) noexcept : in_flight_(in_flight) {}
    BatchOrder(const BatchOrder&) = delete;
    BatchOrder& operator=(const BatchOrder&) = delete;
    ~BatchOrder() = default;

    /// Adds batch \a number.
    void begin(std::uint64_t number) { open_.insert(number); }
    /// Batch \a number prints no more; the next call has no effect.
    void end(std::uint64_t number);

    /// Whether all batches before \a number have ended. It may print then.
    [[nodiscard]] bool is_turn(std::uint64_t number) const noexcept {
        return open_.empty() || *open_.begin() >= number;
    }
    /// Waits until is_turn(). The batch must be in flight. Cancelled when stop is requested.
    [[nodiscard]] Task<void> turn(std::uint64_t number);

private:
    InFlight& in_flight_;
    std::set<std::uint64_t> open_;
    Event ended_;
};

}  // namespace runnel
