#pragma once

#include <poll.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <array>
#include <cstddef>
#include <ctime>

#include "base/unique_fd.hpp"

/// Most calls of `io/` that only Linux has. A port to another system writes system_calls.cpp anew;
/// docs/install.md lists the others. Functions that return an int return 0 or an
/// errno.
namespace runnel::system_calls {

/// Event of poll(): the other side has closed its sending direction.
inline constexpr short kPeerClosed = POLLRDHUP;

/// Opens a regular file without a name for \a access (O_WRONLY, O_RDWR) in \a folder, relative to
/// the directory \a at. Fails with EOPNOTSUPP or EISDIR if the file system cannot do that.
[[nodiscard]] UniqueFd open_unnamed(int at, const char* folder, int access, mode_t mode) noexcept;
/// Whether link_unnamed() works on this machine.
[[nodiscard]] bool can_link(const UniqueFd& file) noexcept;
/// Gives the file of open_unnamed() a name in \a folder. Fails with EEXIST if the name is taken.
[[nodiscard]] int link_unnamed(const UniqueFd& file, int folder, const char* name) noexcept;

/// Renames within \a folder. Fails with EEXIST, in one step, if \a to exists, and with EINVAL if
/// the file system cannot do that in one step.
[[nodiscard]] int rename_to_new(int folder, const char* from, const char* to) noexcept;

/// Makes a pipe that child processes do not inherit: the reading and the writing end.
[[nodiscard]] int make_pipe(std::array<UniqueFd, 2>& ends) noexcept;

/// Opens a TCP socket of \a family (AF_INET, AF_INET6) that does not block and that child processes
/// do not inherit. Not open on failure, with errno.
[[nodiscard]] UniqueFd open_tcp(int family) noexcept;

/// Makes a descriptor that becomes readable by wake() until clear_wake(). Not open on failure.
[[nodiscard]] UniqueFd make_wake() noexcept;
void wake(const UniqueFd& descriptor) noexcept;
void clear_wake(const UniqueFd& descriptor) noexcept;

/// poll() with a limit in nanoseconds; null means no limit.
[[nodiscard]] int poll_until(pollfd* polled, std::size_t count, const timespec* limit) noexcept;

/// Lowers the soft limit of open files of a child process to \a limit, or to its hard limit. Does
/// nothing if the process has ended.
void limit_descriptors(pid_t process, rlim_t limit) noexcept;
/// Number of open descriptors of this process; 0 if it cannot be determined.
[[nodiscard]] std::size_t count_open_descriptors();

}  // namespace runnel::system_calls
