#include "io/tcp.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "io/completion.hpp"
#include "io/uv_error.hpp"

namespace runnel {

namespace {

/// Connections that wait in the kernel; it may allow fewer.
constexpr int kBacklog = 511;

HandlePtr<uv_tcp_t> open_tcp(uv_loop_t* loop) {
    HandlePtr<uv_tcp_t> handle(new uv_tcp_t);
    require_uv(uv_tcp_init(loop, handle.get()), "uv_tcp_init");
    handle->data = nullptr;
    return handle;
}

using AddressCall = int (*)(const uv_tcp_t*, sockaddr*, int*);

/// What \a call tells; a peer that has gone already has no address.
SocketAddress address_by(AddressCall call, const uv_tcp_t& handle) {
    SocketAddress address;
    int size = SocketAddress::size();
    return call(&handle, address.raw(), &size) == 0 ? address : SocketAddress();
}

/// Belongs to libuv until its callback, which comes in any case: closing the handle cancels it.
struct ConnectRequest {
    uv_connect_t raw = {};
    CompletionPtr completion = std::make_shared<Completion>();
};

CompletionPtr begin_connect(uv_tcp_t& handle, const SocketAddress& address) {
    auto request = std::make_unique<ConnectRequest>();
    request->raw.data = request.get();
    CompletionPtr completion = request->completion;
    const auto on_done = [](uv_connect_t* raw, int status) {
        const std::unique_ptr<ConnectRequest> ended(static_cast<ConnectRequest*>(raw->data));
        ended->completion->complete(status);
    };
    const int status = uv_tcp_connect(&request->raw, &handle, address.raw(), on_done);
    if (status < 0) {
        completion->complete(status);
    } else {
        static_cast<void>(request.release());
    }
    return completion;
}

}  // namespace

TcpStream::TcpStream(HandlePtr<uv_tcp_t> handle, const SocketAddress& local,
                     const SocketAddress& peer)
    : ByteStream(as_stream(std::move(handle)), peer.to_string()), local_(local), peer_(peer) {}

std::unique_ptr<TcpStream> TcpStream::of(HandlePtr<uv_tcp_t> connected) {
    // It only costs time when it does not work.
    static_cast<void>(uv_tcp_nodelay(connected.get(), 1));
    const SocketAddress local = address_by(uv_tcp_getsockname, *connected);
    const SocketAddress peer = address_by(uv_tcp_getpeername, *connected);
    return std::unique_ptr<TcpStream>(new TcpStream(std::move(connected), local, peer));
}

Task<Result<std::unique_ptr<TcpStream>>> TcpStream::connect(Loop& loop, std::string host,
                                                            std::uint16_t port, Deadline deadline) {
    Result<std::vector<SocketAddress>> addresses = SocketAddress::of_host(host, port);
    if (!addresses.ok()) {
        co_return std::move(addresses).error();
    }
    std::optional<Error> failure;
    for (const SocketAddress& address : *addresses) {
        Result<std::unique_ptr<TcpStream>> stream = co_await connect_to(loop, address, deadline);
        if (stream.ok()) {
            co_return std::move(stream);
        }
        failure = std::move(stream).error();
    }
    co_return *std::move(failure);
}

Task<Result<std::unique_ptr<TcpStream>>> TcpStream::connect_to(Loop& loop, SocketAddress address,
                                                               Deadline deadline) {
    HandlePtr<uv_tcp_t> handle = open_tcp(loop.raw());
    const CompletionPtr connected = begin_connect(*handle, address);
    const bool decided = co_await connected->done.wait_until(deadline);
    const int status = decided ? connected->status : UV_ETIMEDOUT;
    if (status < 0) {
        co_return uv_failure(ErrorClass::Connect, address.to_string(), status);
    }
    co_return of(std::move(handle));
}

Result<std::unique_ptr<TcpServer>> TcpServer::listen(Loop& loop, const std::string& host,
                                                     std::uint16_t port) {
    const Result<std::vector<SocketAddress>> addresses = SocketAddress::of_host(host, port);
    if (!addresses.ok()) {
        return addresses.error();
    }
    const SocketAddress& wanted = addresses->front();
    std::unique_ptr<TcpServer> server(new TcpServer);
    server->handle_ = open_tcp(loop.raw());
    uv_tcp_t* handle = server->handle_.get();
    handle->data = server.get();
    const auto on_connection = [](uv_stream_t* listening, int status) {
        static_cast<TcpServer*>(listening->data)->on_connection(status);
    };
    int status = uv_tcp_bind(handle, wanted.raw(), 0);
    if (status == 0) {
        status = uv_listen(reinterpret_cast<uv_stream_t*>(handle), kBacklog, on_connection);
    }
    if (status < 0) {
        return uv_failure(ErrorClass::Connect, "cannot listen on " + wanted.to_string(), status);
    }
    server->address_ = address_by(uv_tcp_getsockname, *handle);
    return server;
}

void TcpServer::on_connection(int status) noexcept {
    if (status < 0) {
        failure_ = status;
    } else {
        came_ = true;
    }
    news_.set();
}

Task<Result<std::unique_ptr<TcpStream>>> TcpServer::accept() {
    const Context& context = co_await this_task::context();
    if (context.stop.stop_requested()) {
        throw Cancelled();
    }
    while (!came_ && failure_ == 0) {
        news_.clear();
        co_await news_.wait();
    }
    if (!std::exchange(came_, false)) {
        co_return accept_failure(std::exchange(failure_, 0));
    }
    HandlePtr<uv_tcp_t> connected = open_tcp(handle_->loop);
    const int status = uv_accept(reinterpret_cast<uv_stream_t*>(handle_.get()),
                                 reinterpret_cast<uv_stream_t*>(connected.get()));
    if (status < 0) {
        co_return accept_failure(status);
    }
    co_return TcpStream::of(std::move(connected));
}

Error TcpServer::accept_failure(int status) const {
    return uv_failure(ErrorClass::Connect, "accept on " + address_.to_string(), status);
}

}  // namespace runnel
