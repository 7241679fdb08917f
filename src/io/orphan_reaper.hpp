#pragma once

#include <uv.h>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// Reaps orphans while it lives if this process is PID 1, such as in a container. The system makes
/// every process whose parent has exited a child of PID 1; without a reaper it would remain as a
/// zombie after its end. Does nothing in any other process.
class OrphanReaper {
public:
    /// \a loop must outlive this. As PID 1, no other loop may start processes.
    explicit OrphanReaper(Loop& loop);
    OrphanReaper(const OrphanReaper&) = delete;
    OrphanReaper& operator=(const OrphanReaper&) = delete;
    ~OrphanReaper() = default;

private:
    void on_exit(int signal);

    HandlePtr<uv_signal_t> watch_;
};

}  // namespace runnel
