#include "base/read_file.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <limits>

#include "base/system_error.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

namespace {

thread_local ReadLimit* innermost_limit = nullptr;

Error cannot_read(const std::string& path, int error) {
    return system_error(ErrorClass::BadInput, "cannot read " + path, error);
}

bool is_regular(int descriptor) {
    struct stat status = {};
    return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

Result<std::string> read_to_end(int descriptor, const std::string& path) {
    ReadLimit* const limit = is_regular(descriptor) ? nullptr : ReadLimit::current();
    std::string bytes;
    std::array<char, std::size_t{64} << 10> block;  // NOLINT(*-member-init): filled by read()
    while (true) {
        if (limit != nullptr) {
            RUNNEL_TRY(limit->wait(descriptor, path));
        }
        const ssize_t size = ::read(descriptor, block.data(), block.size());
        if (size == 0) {
            return bytes;
        }
        if (size > 0) {
            bytes.append(block.data(), static_cast<std::size_t>(size));
        } else if (errno != EINTR && errno != EAGAIN) {
            return cannot_read(path, errno);
        }
    }
}

/// Returns the milliseconds for poll(), rounded up; -1 if \a deadline never passes.
int poll_time(Deadline deadline) {
    if (deadline.is_never()) {
        return -1;
    }
    using std::chrono::milliseconds;
    const auto left = std::chrono::ceil<milliseconds>(deadline.when() - Clock::now()).count();
    constexpr decltype(left) kMost = std::numeric_limits<int>::max();
    return static_cast<int>(std::clamp(left, decltype(left){0}, kMost));
}

}  // namespace

ReadLimit::ReadLimit(Deadline deadline, int wake) noexcept
    : deadline_(deadline), wake_(wake), outer_(innermost_limit) {
    innermost_limit = this;
}

ReadLimit::~ReadLimit() { innermost_limit = outer_; }

ReadLimit* ReadLimit::current() noexcept { return innermost_limit; }

Result<void> ReadLimit::wait(int descriptor, const std::string& path) {
    return poll(descriptor, deadline_, "cannot read " + path);
}

Result<void> ReadLimit::pause(Duration span, const std::string& what) {
    const Deadline until = Deadline::after(Clock::now(), span);
    return poll(-1, until, what);
}

/// Waits until \a descriptor is readable, \a until, or the end of the limit, which is a failure.
Result<void> ReadLimit::poll(int descriptor, Deadline until, const std::string& what) {
    std::array<::pollfd, 2> watched = {{{descriptor, POLLIN, 0}, {wake_, POLLIN, 0}}};
    int ready = 0;
    do {
        ready =
            ::poll(watched.data(), watched.size(), poll_time(Deadline::earlier(until, deadline_)));
    } while (ready < 0 && errno == EINTR);
    if (ready < 0) {
        return system_error(ErrorClass::BadInput, what, errno);
    }
    if (ready > 0 && watched[1].revents != 0) {
        return Error(ErrorClass::Interrupted, what + ": a signal arrived");
    }
    if (deadline_.passed(Clock::now())) {
        deadline_passed_ = true;
        return Error(ErrorClass::Deadline, what + " in time: the deadline passed");
    }
    return {};
}

/// With a limit, opening a named pipe must not wait for its writer.
Result<std::string> read_file(const std::string& path) {
    if (path == "-") {
        return read_to_end(STDIN_FILENO, "standard input");
    }
    const int unblocked = ReadLimit::current() != nullptr ? O_NONBLOCK : 0;
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | unblocked));
    return file ? read_to_end(file.get(), path) : cannot_read(path, errno);
}

}  // namespace runnel
