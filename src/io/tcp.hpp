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

/// One TCP connection. Small writes leave at once (TCP_NODELAY).
class TcpStream final : public ByteStream {
public:
    /// Connects to \a host, see SocketAddress::of_host(); several addresses are tried one after
    /// another. \a loop must outlive what it gives.
    ///
    /// Errors: ErrorClass::BadInput for a host that is no address; Connect with errno, ETIMEDOUT
    /// when \a deadline came first. Cancelled when stop is requested.
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
/// Everything here is for the loop's thread. It takes one connection ahead of accept(); the others
/// wait in the kernel's queue. It may be dropped at any time when no task waits in accept(); a
/// connection that nobody took is closed then.
class TcpServer {
public:
    /// Listens on \a host (see SocketAddress::of_host(); 0.0.0.0 and :: are all addresses) and
    /// \a port, where 0 picks one that is free. Errors: ErrorClass::BadInput; Connect with errno,
    /// such as EADDRINUSE. \a loop must outlive this.
    [[nodiscard]] static Result<std::unique_ptr<TcpServer>> listen(Loop& loop,
                                                                   const std::string& host,
                                                                   std::uint16_t port);
    TcpServer(const TcpServer&) = delete;
    TcpServer& operator=(const TcpServer&) = delete;
    ~TcpServer() = default;

    [[nodiscard]] const SocketAddress& address() const noexcept { return address_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return address_.port(); }

    /// The next connection; waits for one. A failure (ErrorClass::Connect with errno, such as
    /// EMFILE) concerns one connection, the next call may go well. Cancelled when stop is
    /// requested: no connection is lost, the next call gives it.
    [[nodiscard]] Task<Result<std::unique_ptr<TcpStream>>> accept();

private:
    TcpServer() = default;
    void on_connection(int status) noexcept;
    [[nodiscard]] Error accept_failure(int status) const;

    SocketAddress address_;
    bool came_ = false;
    int failure_ = 0;
    Event news_;
    HandlePtr<uv_tcp_t> handle_;
};

}  // namespace runnel
