#pragma once

#include <cstddef>
#include <string_view>

namespace runnel::mock {

// Operations on a connected TCP socket that bypass the HTTP library.

/// Sends the bytes that the kernel holds back for a full segment. Setting TCP_NODELAY does this,
/// even if it was set before and the bytes were sent with MSG_MORE (tcp(7)).
void push(int socket) noexcept;

/// Resets the connection (RST). SO_LINGER of 0 is not enough because libmicrohttpd calls shutdown()
/// first, which sends a FIN. Bytes that are not acknowledged() may be lost.
void reset(int socket) noexcept;

/// Whether the peer's kernel has received all bytes that were sent.
[[nodiscard]] bool acknowledged(int socket) noexcept;

/// Whether the peer has closed or reset the connection.
[[nodiscard]] bool is_gone(int socket) noexcept;

/// Sends without blocking. Returns the number of bytes sent, -1 if the connection is broken.
[[nodiscard]] std::ptrdiff_t send_now(int socket, std::string_view bytes) noexcept;

}  // namespace runnel::mock
