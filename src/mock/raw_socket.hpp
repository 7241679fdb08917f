#pragma once

#include <cstddef>
#include <string_view>

namespace runnel::mock {

// What a server does to a connected TCP socket behind the back of its HTTP library.

/// Sends what the kernel still collects, now. It does so when TCP_NODELAY is set, also when it was
/// set already and even if the bytes came with MSG_MORE (tcp(7)).
void push(int socket) noexcept;

/// Ends the connection by a reset (RST). Closing with SO_LINGER of 0 would do it too, but a
/// shutdown comes first, and then it is a FIN. What was not acknowledged() may be lost.
void reset(int socket) noexcept;

/// Whether the other side's kernel has everything that was sent.
[[nodiscard]] bool acknowledged(int socket) noexcept;

/// Whether the other side has closed or reset the connection.
[[nodiscard]] bool is_gone(int socket) noexcept;

/// Sends without waiting: how many bytes the kernel took, -1 when the connection is broken.
[[nodiscard]] std::ptrdiff_t send_now(int socket, std::string_view bytes) noexcept;

}  // namespace runnel::mock
