#include "io/first_process.hpp"

#include <unistd.h>

#include <csignal>
#include <initializer_list>

namespace runnel {

void end_on_signals_as_first_process() {
    constexpr int kExitOfSignals = 128;
    if (::getpid() != 1) {
        return;
    }
    struct sigaction ends = {};
    ends.sa_handler = [](int signal) { ::_exit(kExitOfSignals + signal); };
    for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) {
        struct sigaction now = {};
        if (::sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) {
            ::sigaction(signal, &ends, nullptr);
        }
    }
}

}  // namespace runnel
