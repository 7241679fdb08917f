#include "io/job_signals.hpp"

#include <csignal>
#include <utility>

#include "io/signals.hpp"

namespace runnel {

namespace {

/// Takes the default action for \a signal, as if there were no handler.
void take_default(int signal) {
    struct sigaction standard = {};
    standard.sa_handler = SIG_DFL;
    struct sigaction handler = {};
    ::sigaction(signal, &standard, &handler);
    ::raise(signal);
    ::sigaction(signal, &handler, nullptr);
}

}  // namespace

JobSignals::JobSignals(Loop& loop, Pass pass) : pass_(std::move(pass)) {
    for (const int signal : {SIGTSTP, SIGQUIT}) {
        if (!is_ignored(signal)) {
            watch(loop, signal);
        }
    }
}

void JobSignals::watch(Loop& loop, int signal) {
    watches_.push_back(make_handle(uv_signal_init, loop.raw(), this));
    const auto callback = call_member<JobSignals, &JobSignals::on_signal>;
    require_uv(uv_signal_start(watches_.back().get(), callback, signal), "uv_signal_start");
}

void JobSignals::on_signal(int signal) {
    pass_(signal == SIGTSTP ? SIGSTOP : SIGKILL);
    take_default(signal);
    // After SIGTSTP this process was stopped, and now continues.
    pass_(SIGCONT);
}

}  // namespace runnel
