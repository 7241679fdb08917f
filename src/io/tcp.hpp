#pragma once

#include <uv.h>

#include <cstdint>
#include <memory>
#include <string>

#include "async/event.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "io/byte_stream.hpp"
#include "io/handle.hpp"
#include "io/loop.hpp"
#include "io/socket_address.hpp"

namespace runnel {

/// One TCP connection. Small writes are sent at once (TCP_NODELAY).
class TcpStream final : public ByteStream {
public:
    /// Connects to \a host (see SocketAddress::of_host()), trying its addresses one after another.
    /// \a loop must outlive the connection.
    ///
    /// Fails with ErrorClass::BadInput if \a host is not an address; with Connect and errno
    /// otherwise, ETIMEDOUT at \a deadline. Cancelled when stop is requested.
    [[nodiscard]] static Task<Result<std::unique_ptr<TcpStream>>> connect(
        Loop& loop, std::string host, std::uint16_t port, Deadline deadline = Deadline::never());

    [[nodiscard]] const SocketAddress& local() const noexcept { return local_; }
    [[nodiscard]] const SocketAddress& peer() const noexcept { return peer_; }

private:
    friend class TcpServer;
    TcpStream(HandlePtr<uv_tcp_t> handle, const SocketAddress& local, const SocketAddress& peer);

    [[nodiscard]] static std::unique_ptr<TcpStream> of(HandlePtr<uv_tcp_t> connected);
    [[nodiscard]] static Task<Result<std::unique_ptr<TcpStream>>> connect_to(Loop& loop,
                                                                             SocketAddress address,
                                                                             Deadline deadline);

    SocketAddress local_;
    SocketAddress peer_;
};

/// A socket that accepts TCP connections.
///
/// Everything here is for the loop's thread. One connection is taken from the kernel ahead of
/// accept(); the others wait in the kernel's queue. May be destroyed at any time unless a task
/// waits in accept(); connections that were not accepted are closed then.
class TcpServer {
public:
    /// Listens on \a host (see SocketAddress::of_host(); 0.0.0.0 and :: mean all addresses) and
    /// \a port, where 0 picks a free one. Fails with ErrorClass::BadInput, or with Connect and
    /// errno, such as EADDRINUSE. \a loop must outlive the server.
    [[nodiscard]] static Result<std::unique_ptr<TcpServer>> listen(Loop& loop,
                                                                   const std::string& host,
                                                                   std::uint16_t port);
    TcpServer(const TcpServer&) = delete;
    TcpServer& operator=(const TcpServer&) = delete;
    ~TcpServer() = default;

    [[nodiscard]] const SocketAddress& address() const noexcept { return address_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return address_.port(); }

    /// Waits for the next connection. A failure (ErrorClass::Connect with errno, such as EMFILE)
    /// concerns one connection; the next call may succeed. Cancelled when stop is requested: no
    /// connection is lost, the next call returns it.
    [[nodiscard]] Task<Result<std::unique_ptr<TcpStream>>> accept();

private:
    TcpServer() = default;
    void on_connection(int status) noexcept;
    [[nodiscard]] Error accept_failure(int status) const;

    SocketAddress address_;
    bool connection_waits_ = false;
    int failure_ = 0;
    Event arrived_;
    HandlePtr<uv_tcp_t> handle_;
};

}  // namespace runnel
