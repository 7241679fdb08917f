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

Service& service_of(void* service) { return *static_cast<Service*>(service); }

/// The first that libmicrohttpd says of a request. What it returns is the request's context.
void* on_target(void* service, const char* target, MHD_Connection* connection) {
    return new Exchange(service_of(service), connection, target);
}

MHD_Result on_request(void* /*service*/, MHD_Connection* /*connection*/, const char* /*path*/,
                      const char* method, const char* /*version*/, const char* bytes,
                      std::size_t* size, void** context) {
    return static_cast<Exchange*>(*context)->advance(method, bytes, *size);
}

void on_completed(void* /*service*/, MHD_Connection* /*connection*/, void** context,
                  MHD_RequestTerminationCode /*how*/) {
    delete static_cast<Exchange*>(*context);
    *context = nullptr;
}

MHD_Daemon* start(int listener, Service& service) {
    // Without a polling thread of its own: pauses and requests share one thread, and no lock.
    MHD_Daemon* daemon =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr, &on_request,
                         &service, MHD_OPTION_LISTEN_SOCKET, listener,                       //
                         MHD_OPTION_URI_LOG_CALLBACK, &on_target, &service,                  //
                         MHD_OPTION_NOTIFY_COMPLETED, &on_completed, &service,               //
                         MHD_OPTION_CONNECTION_LIMIT, std::numeric_limits<unsigned>::max(),  //
                         MHD_OPTION_END);
    if (daemon == nullptr) {
        throw std::system_error(errno, std::generic_category(), "the mock server");
    }
    return daemon;
}

}  // namespace

MockServer::MockServer(Listener listener, Routes routes, Observer observer)
    : host_(std::move(listener.host)),
      port_(listener.port),
      service_(std::move(routes), std::move(observer)),
      daemon_(start(listener.socket.get(), service_)) {
    static_cast<void>(listener.socket.release());  // it is the daemon's now
    thread_.start([this] { serve(); });
}

MockServer::~MockServer() {
    thread_.stop();
    service_.pauses.resume_all();
}

void MockServer::Stop::operator()(MHD_Daemon* daemon) const noexcept { MHD_stop_daemon(daemon); }

std::string MockServer::url() const { return fmt::format("http://{}:{}", host_, port_); }

void MockServer::serve() {
    const int events = MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    while (!thread_.stop_requested()) {
        service_.pauses.resume_due(Clock::now());
        RUNNEL_ENSURE(MHD_run(daemon_.get()) == MHD_YES, "libmicrohttpd does not run");
        // A time-out is only ever "at once": it has read more than it could deal with.
        MHD_UNSIGNED_LONG_LONG timeout = 0;
        if (MHD_get_timeout(daemon_.get(), &timeout) != MHD_YES) {
            static_cast<void>(thread_.wait(events, POLLIN, service_.pauses.next()));
        }
    }
}

}  // namespace runnel::mock
