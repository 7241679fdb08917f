#include "mock/raw_socket.hpp"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

namespace runnel::mock {

namespace {
bool would_block() noexcept { return errno == EAGAIN || errno == EINTR; }
}  // namespace

void push(int socket) noexcept {
    const int yes = 1;
    // Fails only on a broken connection, which has nothing to push.
    static_cast<void>(::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes));
}

void reset(int socket) noexcept {
    sockaddr unconnected = {};
    unconnected.sa_family = AF_UNSPEC;
    // Fails only if there is no connection any more.
    static_cast<void>(::connect(socket, &unconnected, sizeof unconnected));
}

bool acknowledged(int socket) noexcept {
    int unacknowledged = 0;
    return ::ioctl(socket, SIOCOUTQ, &unacknowledged) != 0 || unacknowledged == 0;
}

bool is_gone(int socket) noexcept {
    char byte = 0;
    const ssize_t size = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return size == 0 || (size < 0 && !would_block());
}

std::ptrdiff_t send_now(int socket, std::string_view bytes) noexcept {
    const ssize_t size = ::send(socket, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    return size < 0 && would_block() ? 0 : size;
}

}  // namespace runnel::mock
