#include "io/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <system_error>

namespace runnel {

namespace {

/// Descriptors reserved for everything except connections.
constexpr std::size_t kOtherDescriptors = 32;

/// As the limit itself, it is one for the process. No limit: it was not raised.
std::atomic<rlim_t> before{RLIM_INFINITY};

/// The limit in force.
rlim_t raised() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return RLIM_INFINITY;
    }
    const rlim_t given = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (given == limit.rlim_max || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return given;
    }
    before = given;
    return limit.rlim_max;
}

/// Those of this process; none where the system does not tell.
std::size_t open_now() {
    std::error_code ignored;
    const std::filesystem::directory_iterator all("/proc/self/fd", ignored);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
}
}  // namespace

std::size_t raise_descriptor_limit() {
    const std::size_t most = raised();
    return most - std::min(open_now(), most);
}

std::size_t connection_limit() {
    const std::size_t usable = raise_descriptor_limit();
    return usable > kOtherDescriptors ? usable - kOtherDescriptors : 1;
}

void restore_descriptor_limit(pid_t process) noexcept {
    const rlim_t given = before;
    rlimit limit{};
    if (given == RLIM_INFINITY || prlimit(process, RLIMIT_NOFILE, nullptr, &limit) != 0) {
        return;
    }
    limit.rlim_cur = given < limit.rlim_max ? given : limit.rlim_max;
    // What has ended meanwhile needs no limit.
    static_cast<void>(prlimit(process, RLIMIT_NOFILE, &limit, nullptr));
}

}  // namespace runnel
