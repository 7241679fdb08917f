#pragma once

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

#include "base/ensure.hpp"
#include "base/unique_fd.hpp"

namespace runnel::test {

/// Two connected descriptors: the read and write end of a pipe, two sockets, or the master (first)
/// and the slave (second) of a pseudo-terminal.
class Ends {
public:
    UniqueFd first;
    UniqueFd second;
};

inline Ends make_pipe() {
    std::array<int, 2> ends = {};
    RUNNEL_ENSURE(::pipe2(ends.data(), O_CLOEXEC) == 0, "pipe2");
    Ends both;
    both.first = UniqueFd(ends[0]);
    both.second = UniqueFd(ends[1]);
    return both;
}

inline Ends make_sockets(int type = SOCK_STREAM) {
    std::array<int, 2> ends = {};
    RUNNEL_ENSURE(::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, ends.data()) == 0, "socketpair");
    Ends both;
    both.first = UniqueFd(ends[0]);
    both.second = UniqueFd(ends[1]);
    return both;
}

/// Returns false where no pseudo-terminal can be opened, such as in a chroot without /dev/pts.
inline bool has_terminals() {
    const UniqueFd terminal(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    return static_cast<bool>(terminal);
}

inline Ends make_terminal() {
    Ends both;
    both.first = UniqueFd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    RUNNEL_ENSURE(both.first, "posix_openpt");
    RUNNEL_ENSURE(::grantpt(both.first.get()) == 0, "grantpt");
    RUNNEL_ENSURE(::unlockpt(both.first.get()) == 0, "unlockpt");
    std::array<char, 64> name = {};
    RUNNEL_ENSURE(::ptsname_r(both.first.get(), name.data(), name.size()) == 0, "ptsname_r");
    both.second = UniqueFd(::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    RUNNEL_ENSURE(both.second, "open the terminal");
    return both;
}

inline UniqueFd open_path(const char* path, int flags) {
    UniqueFd fd(::open(path, flags | O_CLOEXEC));
    RUNNEL_ENSURE(fd, path);
    return fd;
}

/// Writes all of \a bytes; returns false on an error.
inline bool write_all(int fd, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t size = ::write(fd, bytes.data(), bytes.size());
        if (size < 0) {
            return false;
        }
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return true;
}

/// Reads everything up to the end.
inline std::string read_all(int fd) {
    std::string all;
    std::array<char, 65536> buffer = {};
    for (;;) {
        const ssize_t size = ::read(fd, buffer.data(), buffer.size());
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size <= 0) {
            return all;
        }
        all.append(buffer.data(), static_cast<std::size_t>(size));
    }
}

/// Reads \a size bytes, or fewer if the end comes first.
inline std::string read_exactly(int fd, std::size_t size) {
    std::string bytes(size, '\0');
    std::size_t got = 0;
    while (got < size) {
        const ssize_t now = ::read(fd, &bytes[got], size - got);
        if (now <= 0) {
            break;
        }
        got += static_cast<std::size_t>(now);
    }
    bytes.resize(got);
    return bytes;
}

/// Returns an unnamed file with \a content, positioned at its beginning.
inline UniqueFd make_file(std::string_view content) {
    UniqueFd fd(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    RUNNEL_ENSURE(fd, "O_TMPFILE");
    RUNNEL_ENSURE(write_all(fd.get(), content), "write");
    RUNNEL_ENSURE(::lseek(fd.get(), 0, SEEK_SET) == 0, "lseek");
    return fd;
}

inline int flags_of(int fd) { return ::fcntl(fd, F_GETFL); }

inline void make_nonblocking(int fd) {
    RUNNEL_ENSURE(::fcntl(fd, F_SETFL, flags_of(fd) | O_NONBLOCK) == 0, "F_SETFL");
}

}  // namespace runnel::test
