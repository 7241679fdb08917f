#pragma once

#include <uv.h>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// While this lives, SIGUSR1 prints which task of a loop waits for what (debug::dump()), to find
/// out why a program hangs. Does nothing if debugging is off when this is made: the signal then
/// keeps its default action, which ends the process.
class DebugSignal {
public:
    /// \a loop must outlive this.
    explicit DebugSignal(Loop& loop);
    DebugSignal(const DebugSignal&) = delete;
    DebugSignal& operator=(const DebugSignal&) = delete;
    ~DebugSignal() = default;

private:
    HandlePtr<uv_signal_t> watch_;
};

}  // namespace runnel
