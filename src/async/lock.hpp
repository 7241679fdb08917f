#pragma once

#include "async/semaphore.hpp"

namespace runnel {

/// Mutual exclusion between tasks that suspend while they hold it. FIFO.
/// `Permit guard = co_await lock.acquire();` holds the lock until the guard is destroyed.
/// Cancellation is as for Semaphore. The lock must outlive its guards and waiters.
class Lock {
public:
    [[nodiscard]] auto acquire() noexcept { return one_.acquire(); }
    [[nodiscard]] Permit try_acquire() noexcept { return one_.try_acquire(); }
    [[nodiscard]] bool is_locked() const noexcept { return one_.free() == 0; }

private:
    Semaphore one_ = Semaphore(1);
};

}  // namespace runnel
