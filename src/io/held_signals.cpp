#include "io/held_signals.hpp"

#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "io/signals.hpp"

namespace runnel {

HeldSignals::HeldSignals() {
    sigset_t held;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTERM);
    if (!is_ignored(SIGHUP)) {
        sigaddset(&held, SIGHUP);
    }
    arrived_ = UniqueFd(::signalfd(-1, &held, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!arrived_) {
        throw std::system_error(errno, std::generic_category(), "signalfd");
    }
    pthread_sigmask(SIG_BLOCK, &held, &before_);
}

HeldSignals::~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

std::optional<int> HeldSignals::take() noexcept {
    signalfd_siginfo signal = {};
    const ssize_t size = ::read(arrived_.get(), &signal, sizeof(signal));
    return size == sizeof(signal) ? std::optional(static_cast<int>(signal.ssi_signo))
                                  : std::nullopt;
}

}  // namespace runnel
