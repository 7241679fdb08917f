#include "io/system_calls.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <iterator>
#include <string>

namespace runnel::system_calls {

namespace {

std::string path_by_descriptor(const UniqueFd& file) {
    return "/proc/self/fd/" + std::to_string(file.get());
}

int error_of(int result) noexcept { return result == 0 ? 0 : errno; }

}  // namespace

UniqueFd open_unnamed(int at, const char* folder, int access, mode_t mode) noexcept {
    return UniqueFd(::openat(at, folder, O_TMPFILE | O_CLOEXEC | access, mode));
}

bool can_link(const UniqueFd& file) noexcept {
    return ::access(path_by_descriptor(file).c_str(), F_OK) == 0;
}

int link_unnamed(const UniqueFd& file, int folder, const char* name) noexcept {
    const std::string unnamed = path_by_descriptor(file);
    return error_of(::linkat(AT_FDCWD, unnamed.c_str(), folder, name, AT_SYMLINK_FOLLOW));
}

int rename_to_new(int folder, const char* from, const char* to) noexcept {
    return error_of(::renameat2(folder, from, folder, to, RENAME_NOREPLACE));
}

int make_pipe(std::array<UniqueFd, 2>& ends) noexcept {
    std::array<int, 2> made = {};
    if (::pipe2(made.data(), O_CLOEXEC) != 0) {
        return errno;
    }
    ends = {UniqueFd(made[0]), UniqueFd(made[1])};
    return 0;
}

UniqueFd open_tcp(int family) noexcept {
    return UniqueFd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

UniqueFd make_wake() noexcept { return UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)); }

void wake(const UniqueFd& descriptor) noexcept {
    const std::uint64_t one = 1;
    // Fails only if the counter is full; then the descriptor is readable.
    [[maybe_unused]] const ssize_t written = ::write(descriptor.get(), &one, sizeof one);
}

void clear_wake(const UniqueFd& descriptor) noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t size = ::read(descriptor.get(), &count, sizeof count);
}

int poll_until(pollfd* polled, std::size_t count, const timespec* limit) noexcept {
    return ::ppoll(polled, count, limit, nullptr);
}

void limit_descriptors(pid_t process, rlim_t limit) noexcept {
    rlimit limits{};
    if (::prlimit(process, RLIMIT_NOFILE, nullptr, &limits) == 0) {
        limits.rlim_cur = std::min(limit, limits.rlim_max);
        // Fails if the process has ended meanwhile, which does not matter.
        static_cast<void>(::prlimit(process, RLIMIT_NOFILE, &limits, nullptr));
    }
}

std::size_t count_open_descriptors() {
    std::error_code ignored;
    const std::filesystem::directory_iterator all("/proc/self/fd", ignored);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}

}  // namespace runnel::system_calls
