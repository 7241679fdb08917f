#pragma once

#include <coroutine>
#include <cstddef>
#include <vector>

#include "async/slow_callbacks.hpp"

namespace runnel {

/// The coroutines that may go on, first come first served: what a scheduler's post() fills and its
/// turns empty. All are coroutines of ours (detail::PromiseBase). Two vectors that take turns: no
/// allocation once they have grown.
class ReadyQueue {
public:
    void push(std::coroutine_handle<> waiter) { waiting_.push_back(waiter); }
    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

    /// Resumes everyone who is ready now; those posted meanwhile wait for the next call, so that a
    /// task that yields in a loop cannot starve timers and sockets.
    void run_round() {
        running_.swap(waiting_);
        for (const std::coroutine_handle<> waiter : running_) {
            debug::resume(waiter);
        }
        running_.clear();
    }

private:
    std::vector<std::coroutine_handle<>> waiting_;
    std::vector<std::coroutine_handle<>> running_;
};

}  // namespace runnel
