#pragma once

#include <uv.h>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// While it lives, SIGUSR1 tells who waits for what on a loop (debug::dump()), so that one can look
/// into a program that hangs. Does nothing when debugging is off as this is made: the signal keeps
/// its default then, which ends the process.
class DebugSignal {
public:
    /// \a loop must outlive it.
    explicit DebugSignal(Loop& loop);
    DebugSignal(const DebugSignal&) = delete;
    DebugSignal& operator=(const DebugSignal&) = delete;
    ~DebugSignal() = default;

private:
    HandlePtr<uv_signal_t> watch_;
};

}  // namespace runnel
