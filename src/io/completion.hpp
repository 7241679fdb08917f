#pragma once

#include <memory>

#include "async/event.hpp"

namespace runnel {

/// How one operation of libuv ended. The request that libuv holds and the task that waits share it,
/// because either may be gone first: a stop ends the wait and not the operation.
struct Completion {
    Event done;
    /// 0 or a negative errno; valid when done.
    int status = 0;

    void complete(int ended_with) noexcept {
        status = ended_with;
        done.set();
    }
};

using CompletionPtr = std::shared_ptr<Completion>;

}  // namespace runnel
