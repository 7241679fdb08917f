#pragma once

#include <uv.h>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// The operations that a socket is ready for.
struct Readiness {
    bool readable = false;
    bool writable = false;
    /// The socket is in an error state (refused, reset); the listener must find out which one.
    bool failed = false;
};

/// Watches a socket that is owned by other code. Must be destroyed before the socket is closed,
/// because the kernel may reuse the descriptor at once.
///
/// Interest is dropped lazily: the socket stays registered with the kernel until an unwanted event
/// arrives. A connection that is reused at once thus needs no system call (measured: it saves two
/// epoll_ctl calls per request, about a tenth of the cost of a keep-alive GET).
class SocketWatcher {
public:
    class Listener {
    public:
        /// Called from the loop. May set events, post tasks and change the interest, but must not
        /// destroy the watcher of a socket that it does not own.
        virtual void on_ready(int socket, Readiness readiness) noexcept = 0;

    protected:
        ~Listener() = default;
    };

    /// \a listener must outlive this.
    SocketWatcher(Loop& loop, int socket, Listener& listener);
    SocketWatcher(const SocketWatcher&) = delete;
    SocketWatcher& operator=(const SocketWatcher&) = delete;
    ~SocketWatcher() = default;

    void want(bool readable, bool writable);
    /// Continues to watch after a failure was reported, which ends the watch: a socket that was
    /// reset may still have bytes to read.
    void renew();

private:
    void on_event(int status, int events) noexcept;

    int socket_;
    Listener& listener_;
    int wanted_ = 0;
    int watched_ = 0;
    HandlePtr<uv_poll_t> poll_;
};

}  // namespace runnel
