#pragma once

#include <pthread.h>

#include <csignal>
#include <initializer_list>

namespace runnel {

/// Keeps the program's signals from every thread that is started while it lives: they are for the
/// thread of the loop. Open stay those that are about the thread itself: faults, SIGTTIN and
/// SIGTTOU (with them blocked, a terminal would answer a background job with EIO instead of
/// stopping it), and SIGURG, with which IoThread interrupts a call that blocks.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept {
        sigset_t blocked;
        sigfillset(&blocked);
        for (const int open : {SIGURG, SIGTTIN, SIGTTOU, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT,
                               SIGTRAP, SIGSYS}) {
            sigdelset(&blocked, open);
        }
        pthread_sigmask(SIG_SETMASK, &blocked, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

}  // namespace runnel
