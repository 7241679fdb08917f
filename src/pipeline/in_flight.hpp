#pragma once

#include <cstddef>
#include <list>

#include "async/event.hpp"
#include "async/task.hpp"

namespace runnel {

/// Counts pieces of work in flight. A piece for which the system lacks resources can wait until
/// another one has ended and released its resources.
class InFlight {
public:
    InFlight() = default;
    InFlight(const InFlight&) = delete;
    InFlight& operator=(const InFlight&) = delete;
    ~InFlight() = default;

    void begin() noexcept { ++count_; }
    /// Ends a piece of work, and wakes the one that has waited longest in end_of_another().
    void end();
    [[nodiscard]] std::size_t count() const noexcept { return count_; }

    /// Whether, apart from the caller's piece of work, one is in flight that does not wait in
    /// end_of_another() itself.
    [[nodiscard]] bool has_others() const noexcept { return count_ > waiting_.size() + 1; }
    /// Waits until another piece of work has ended. has_others() must be true. Cancelled when stop
    /// is requested.
    [[nodiscard]] Task<void> end_of_another();

private:
    class Waiting;

    std::size_t count_ = 0;
    std::list<Event*> waiting_;
};

}  // namespace runnel
