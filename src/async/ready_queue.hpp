#pragma once

#include <coroutine>
#include <vector>

#include "async/slow_callbacks.hpp"

namespace runnel {

/// The coroutines that are ready to resume, first in, first out: filled by a scheduler's post(),
/// emptied by its turns. Each must have a detail::PromiseBase. Two vectors are swapped, so that no
/// allocation is needed once they have grown.
class ReadyQueue {
public:
    void push(std::coroutine_handle<> waiter) { waiting_.push_back(waiter); }
    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }

    /// Resumes every coroutine that is ready now. Those posted meanwhile wait for the next call, so
    /// that a task that yields in a loop cannot starve timers and sockets.
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
