#include "io/socket_watcher.hpp"

namespace runnel {

SocketWatcher::SocketWatcher(Loop& loop, int socket, Listener& listener)
    : socket_(socket),
      listener_(listener),
      poll_(make_handle(uv_poll_init_socket, loop.raw(), this, socket)) {}

void SocketWatcher::want(bool readable, bool writable) {
    wanted_ = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
    renew();
}

void SocketWatcher::renew() {
    if (wanted_ == 0 || wanted_ == watched_) {
        return;
    }
    const auto callback = call_member<SocketWatcher, &SocketWatcher::on_event>;
    require_uv(uv_poll_start(poll_.get(), wanted_, callback), "uv_poll_start");
    watched_ = wanted_;
}

void SocketWatcher::on_event(int status, int events) noexcept {
    if (status < 0) {
        // libuv has ended the watch itself.
        watched_ = 0;
    }
    if (wanted_ == 0) {
        uv_poll_stop(poll_.get());
        watched_ = 0;
        return;
    }
    Readiness readiness;
    readiness.failed = status < 0;
    readiness.readable = (events & wanted_ & UV_READABLE) != 0;
    readiness.writable = (events & wanted_ & UV_WRITABLE) != 0;
    // The listener may destroy this watcher: do not touch it afterwards.
    listener_.on_ready(socket_, readiness);
}

}  // namespace runnel
