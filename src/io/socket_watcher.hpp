#pragma once

#include <uv.h>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// What a socket can do, or what somebody wants to know of it.
struct Readiness {
    bool readable = false;
    bool writable = false;
    /// The socket is in error (refused, reset); whoever watches must find out which. Only reported.
    bool failed = false;
};

/// Watches one socket that belongs to somebody else. Must be dropped before the socket is closed:
/// the kernel may give the number away at once.
///
/// Losing interest is lazy: the watch stays in the kernel until an event comes that nobody wants.
/// A connection that is used again at once thus costs no system call (measured: two epoll_ctl calls
/// a request, about a tenth of a keep-alive GET).
class SocketWatcher {
public:
    class Listener {
    public:
        /// Called from the loop; may record and post, and may change the interest, but must not
        /// drop the watcher of another socket that it does not own.
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
    /// Watches on after a failure was reported, which ends the watch: there may be something left
    /// to read from a socket that was reset.
    void renew();

private:
    void on_event(int status, int events) noexcept;
    void start(int events);

    int socket_;
    Listener& listener_;
    int wanted_ = 0;
    int watched_ = 0;
    HandlePtr<uv_poll_t> poll_;
};

}  // namespace runnel
