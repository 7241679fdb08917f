#include "mock/server.hpp"

#include <fmt/format.h>
#include <microhttpd.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

#include "mock/exchange.hpp"

namespace runnel::mock {

namespace {

/// Called first for each request. Returns the context of the request.
void* on_target(void* state, const char* target, MHD_Connection* connection) {
    return new Exchange(*static_cast<ServerState*>(state), connection, target);
}

MHD_Result on_request(void* /*state*/, MHD_Connection* /*connection*/, const char* /*path*/,
                      const char* method, const char* /*version*/, const char* bytes,
                      std::size_t* size, void** context) {
    return static_cast<Exchange*>(*context)->advance(method, bytes, *size);
}

void on_completed(void* /*state*/, MHD_Connection* /*connection*/, void** context,
                  MHD_RequestTerminationCode /*how*/) {
    delete static_cast<Exchange*>(*context);
    *context = nullptr;
}

MHD_Daemon* start(int listener, ServerState& state) {
    // Without an internal polling thread: requests and pauses share one thread and need no lock.
    MHD_Daemon* daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr, &on_request,
                         &state, MHD_OPTION_LISTEN_SOCKET, listener,                         //
                         MHD_OPTION_URI_LOG_CALLBACK, &on_target, &state,                    //
                         MHD_OPTION_NOTIFY_COMPLETED, &on_completed, &state,                 //
                         MHD_OPTION_CONNECTION_LIMIT, std::numeric_limits<unsigned>::max(),  //
                         MHD_OPTION_END);
    if (daemon == nullptr) {
        throw std::system_error(errno, std::generic_category(), "cannot start the mock server");
    }
    return daemon;
}

}  // namespace

MockServer::MockServer(Listener listener, Routes routes, Observer observer)
    : host_(std::move(listener.host)),
      port_(listener.port),
      state_(std::move(routes), std::move(observer)),
      daemon_(start(listener.socket.get(), state_)) {
    static_cast<void>(listener.socket.release());  // owned by the daemon
    thread_.start([this] { serve(); });
}

MockServer::~MockServer() {
    thread_.stop();
    state_.pauses.resume_all();
}

void MockServer::Stop::operator()(MHD_Daemon* daemon) const noexcept { MHD_stop_daemon(daemon); }

std::string MockServer::url() const { return fmt::format("http://{}:{}", host_, port_); }

void MockServer::serve() {
    const int events = MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    while (!thread_.stop_requested()) {
        state_.pauses.resume_due(Clock::now());
        RUNNEL_ENSURE(MHD_run(daemon_.get()) == MHD_YES, "MHD_run() failed");
        // The timeout is zero whenever there is one: libmicrohttpd has unprocessed input.
        MHD_UNSIGNED_LONG_LONG timeout = 0;
        if (MHD_get_timeout(daemon_.get(), &timeout) != MHD_YES) {
            static_cast<void>(thread_.wait(events, POLLIN, state_.pauses.next()));
        }
    }
}

}  // namespace runnel::mock
