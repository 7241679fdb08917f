#pragma once

#include "async/context.hpp"
#include "async/task.hpp"
#include "io/output.hpp"

namespace runnel {

/// Waits until \a output is writable, after a batch was printed. Also returns when stop is
/// requested, because the batch is delivered all the same; the next wait throws Cancelled.
[[nodiscard]] inline Task<void> wait_after_print(Output& output) {
    try {
        co_await output.writable();
    } catch (const Cancelled&) {
        co_return;
    }
}

}  // namespace runnel
