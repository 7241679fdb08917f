#pragma once

#include <cstddef>
#include <utility>

#include "async/waiter.hpp"
#include "base/ensure.hpp"

namespace runnel {

class Semaphore;

/// One unit of a Semaphore, released when this is destroyed. Must not outlive its semaphore.
class [[nodiscard]] Permit {
public:
    Permit() = default;
    Permit(Permit&& other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
    Permit& operator=(Permit&& other) noexcept {
        if (this != &other) {
            release();
            semaphore_ = std::exchange(other.semaphore_, nullptr);
        }
        return *this;
    }
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;
    ~Permit() { release(); }

    explicit operator bool() const noexcept { return semaphore_ != nullptr; }
    /// Releases the unit now; the permit is empty afterwards.
    void release() noexcept;

private:
    friend class Semaphore;
    explicit Permit(Semaphore& semaphore) noexcept : semaphore_(&semaphore) {}
    Semaphore* semaphore_ = nullptr;
};

/// Limits the number of tasks that are in a section of code at the same time. FIFO: a released
/// permit is handed to the longest-waiting task at once, so that a newcomer cannot overtake. If
/// stop is requested first, the waiter leaves the queue and acquire() throws Cancelled; no permit
/// is lost. Must outlive its permits and waiters.
class Semaphore {
    class AcquireAwaiter final : detail::Waiter {
    public:
        explicit AcquireAwaiter(Semaphore& semaphore) noexcept : semaphore_(semaphore) {}
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        bool await_suspend(std::coroutine_handle<Promise> self, int line = __builtin_LINE()) {
            if (!enter(self, line)) {
                return false;
            }
            if (semaphore_.free_ > 0) {
                --semaphore_.free_;
                return false;
            }
            wait_in(&semaphore_.waiters_);
            return true;
        }
        Permit await_resume() {
            leave();
            return Permit(semaphore_);
        }

    private:
        Semaphore& semaphore_;
    };

public:
    explicit Semaphore(std::size_t permits) noexcept : permits_(permits), free_(permits) {}
    Semaphore(const Semaphore&) = delete;
    Semaphore& operator=(const Semaphore&) = delete;
    ~Semaphore() {
        RUNNEL_ENSURE(free_ == permits_, "a Semaphore was destroyed before its permits");
    }

    /// Waits until a permit is free.
    [[nodiscard]] AcquireAwaiter acquire() noexcept { return AcquireAwaiter(*this); }
    /// Returns an empty Permit if none is free.
    [[nodiscard]] Permit try_acquire() noexcept {
        if (free_ == 0) {
            return Permit();
        }
        --free_;
        return Permit(*this);
    }
    [[nodiscard]] std::size_t free() const noexcept { return free_; }
    [[nodiscard]] std::size_t permits() const noexcept { return permits_; }

private:
    friend class Permit;
    void take_back() noexcept {
        if (detail::Waiter* next = waiters_.first()) {
            next->finish();
        } else {
            ++free_;
        }
    }

    detail::WaiterList waiters_;
    std::size_t permits_;
    std::size_t free_;
};

inline void Permit::release() noexcept {
    if (semaphore_ != nullptr) {
        std::exchange(semaphore_, nullptr)->take_back();
    }
}

}  // namespace runnel
