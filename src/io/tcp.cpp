#include "io/tcp.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "base/system_error.hpp"
#include "io/completion.hpp"

namespace runnel {

namespace {

/// Maximum number of connections in the kernel's queue. The kernel may allow fewer.
constexpr int kBacklog = 511;

using AddressCall = int (*)(const uv_tcp_t*, sockaddr*, int*);

/// Returns the address that \a call finds; none if the peer is gone already.
SocketAddress address_by(AddressCall call, const uv_tcp_t& handle) {
    SocketAddress address;
    int size = SocketAddress::size();
    return call(&handle, address.raw(), &size) == 0 ? address : SocketAddress();
}

CompletionPtr begin_connect(uv_tcp_t& handle, const SocketAddress& address) {
    using ConnectRequest = Request<uv_connect_t>;
    return ConnectRequest::start("", [&](uv_connect_t* request, const std::string& /*bytes*/) {
        return uv_tcp_connect(request, &handle, address.raw(), ConnectRequest::finish);
    });
}

}  // namespace

TcpStream::TcpStream(HandlePtr<uv_tcp_t> handle, const SocketAddress& local,
                     const SocketAddress& peer)
    : ByteStream(as_stream(std::move(handle)), peer.to_string()), local_(local), peer_(peer) {}

std::unique_ptr<TcpStream> TcpStream::of(HandlePtr<uv_tcp_t> connected) {
    // A failure makes the connection slower, nothing else.
    static_cast<void>(uv_tcp_nodelay(connected.get(), 1));
    const SocketAddress local = address_by(uv_tcp_getsockname, *connected);
    const SocketAddress peer = address_by(uv_tcp_getpeername, *connected);
    return std::unique_ptr<TcpStream>(new TcpStream(std::move(connected), local, peer));
}

Task<Result<std::unique_ptr<TcpStream>>> TcpStream::connect(Loop& loop, std::string host,
                                                            std::uint16_t port, Deadline deadline) {
    RUNNEL_CO_TRY_ASSIGN(const std::vector<SocketAddress> addresses,
                         SocketAddress::of_host(host, port));
    std::optional<Error> failure;
    for (const SocketAddress& address : addresses) {
        Result<std::unique_ptr<TcpStream>> stream = co_await connect_to(loop, address, deadline);
        if (stream) {
            co_return std::move(stream);
        }
        failure = std::move(stream).error();
    }
    co_return *std::move(failure);
}

Task<Result<std::unique_ptr<TcpStream>>> TcpStream::connect_to(Loop& loop, SocketAddress address,
                                                               Deadline deadline) {
    HandlePtr<uv_tcp_t> handle = make_handle(uv_tcp_init, loop.raw(), nullptr);
    const CompletionPtr connected = begin_connect(*handle, address);
    const bool completed = co_await connected->done.wait_until(deadline);
    const int status = completed ? connected->status : UV_ETIMEDOUT;
    if (status < 0) {
        co_return system_error(ErrorClass::Connect, address.to_string(), -status);
    }
    co_return of(std::move(handle));
}

Result<std::unique_ptr<TcpServer>> TcpServer::listen(Loop& loop, const std::string& host,
                                                     std::uint16_t port) {
    RUNNEL_TRY_ASSIGN(const std::vector<SocketAddress> addresses,
                      SocketAddress::of_host(host, port));
    const SocketAddress& wanted = addresses.front();
    std::unique_ptr<TcpServer> server(new TcpServer);
    server->handle_ = make_handle(uv_tcp_init, loop.raw(), server.get());
    uv_tcp_t* handle = server->handle_.get();
    int status = uv_tcp_bind(handle, wanted.raw(), 0);
    if (status == 0) {
        status = uv_listen(reinterpret_cast<uv_stream_t*>(handle), kBacklog,
                           call_member<TcpServer, &TcpServer::on_connection>);
    }
    if (status < 0) {
        return system_error(ErrorClass::Connect, "cannot listen on " + wanted.to_string(), -status);
    }
    server->address_ = address_by(uv_tcp_getsockname, *handle);
    return server;
}

void TcpServer::on_connection(int status) noexcept {
    if (status < 0) {
        failure_ = status;
    } else {
        connection_waits_ = true;
    }
    arrived_.set();
}

Task<Result<std::unique_ptr<TcpStream>>> TcpServer::accept() {
    co_await this_task::throw_if_stopped();
    while (!connection_waits_ && failure_ == 0) {
        arrived_.clear();
        co_await arrived_.wait();
    }
    if (!std::exchange(connection_waits_, false)) {
        co_return accept_failure(std::exchange(failure_, 0));
    }
    HandlePtr<uv_tcp_t> connected = make_handle(uv_tcp_init, handle_->loop, nullptr);
    const int status = uv_accept(reinterpret_cast<uv_stream_t*>(handle_.get()),
                                 reinterpret_cast<uv_stream_t*>(connected.get()));
    if (status < 0) {
        co_return accept_failure(status);
    }
    co_return TcpStream::of(std::move(connected));
}

Error TcpServer::accept_failure(int status) const {
    return system_error(ErrorClass::Connect,
                        "cannot accept a connection on " + address_.to_string(), -status);
}

}  // namespace runnel
