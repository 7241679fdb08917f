#include "io/standard_fds.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/ensure.hpp"

namespace runnel {

namespace {

/// Opens /dev/null as \a fd if that is closed; returns whether it was. Call it in ascending order,
/// because open() returns the lowest free number.
bool fill(int fd, int access) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) {
        return false;
    }
    const int filled = ::open("/dev/null", access);
    RUNNEL_ENSURE(filled == fd,
                  "a standard descriptor is closed and /dev/null cannot take its place");
    return true;
}

}  // namespace

StandardFds prepare_standard_fds() {
    StandardFds closed;
    closed.stdin_was_closed = fill(STDIN_FILENO, O_RDONLY);
    closed.stdout_was_closed = fill(STDOUT_FILENO, O_WRONLY);
    closed.stderr_was_closed = fill(STDERR_FILENO, O_WRONLY);
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    return closed;
}

}  // namespace runnel
