#pragma once

#include <uv.h>

#include <functional>
#include <vector>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// Passes the job-control signals of the terminal on to processes that do not get them, because
/// they are in sessions of their own.
///
/// SIGTSTP (Ctrl-Z): the processes get SIGSTOP, because they ignore SIGTSTP where no shell watches
/// their group; then this process stops, and when it continues they get SIGCONT. SIGQUIT (Ctrl-\\):
/// they get SIGKILL, and this process ends by the signal. A signal that is ignored when this is
/// made stays ignored. The destructor restores the default actions.
class JobSignals {
public:
    using Pass = std::function<void(int signal)>;

    /// \a pass sends a signal to all of the processes. \a loop must outlive this.
    JobSignals(Loop& loop, Pass pass);
    JobSignals(const JobSignals&) = delete;
    JobSignals& operator=(const JobSignals&) = delete;
    ~JobSignals() = default;

private:
    void watch(Loop& loop, int signal);
    void on_signal(int signal);

    Pass pass_;
    std::vector<HandlePtr<uv_signal_t>> watches_;
};

}  // namespace runnel
