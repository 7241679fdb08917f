#pragma once

#include <pthread.h>

#include <csignal>
#include <initializer_list>

namespace runnel {

/// Blocks the program's signals in every thread that is started while this lives, so that they
/// reach the loop's thread. Not blocked: faults, because they concern the thread itself; SIGTTIN
/// and SIGTTOU, because a terminal would otherwise answer a background job with EIO instead of
/// stopping it; and SIGURG, with which IoThread interrupts a blocking call.
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
