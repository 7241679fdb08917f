#include "io/socket_watcher.hpp"

#include "io/uv_error.hpp"

namespace runnel {

SocketWatcher::SocketWatcher(Loop& loop, int socket, Listener& listener)
    : socket_(socket), listener_(listener) {
    auto* poll = new uv_poll_t;
    poll->data = this;
    const int status = uv_poll_init_socket(loop.raw(), poll, socket);
    if (status != 0) {
        delete poll;
    }
    require_uv(status, "uv_poll_init_socket");
    poll_.reset(poll);
}

void SocketWatcher::want(bool readable, bool writable) {
    wanted_ = (readable ? UV_READABLE : 0) | (writable ? UV_WRITABLE : 0);
    renew();
}

void SocketWatcher::renew() {
    if (wanted_ != 0 && wanted_ != watched_) {
        start(wanted_);
    }
}

void SocketWatcher::start(int events) {
    const auto on_poll = [](uv_poll_t* handle, int status, int ready) {
        if (auto* self = static_cast<SocketWatcher*>(handle->data)) {
            self->on_event(status, ready);
        }
    };
    require_uv(uv_poll_start(poll_.get(), events, on_poll), "uv_poll_start");
    watched_ = events;
}

void SocketWatcher::on_event(int status, int events) noexcept {
    if (status < 0) {
        // libuv has stopped the watch by itself.
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
    // The listener may drop this watcher; nothing of it is touched afterwards.
    listener_.on_ready(socket_, readiness);
}

}  // namespace runnel
