#include "io/descriptor_limit.hpp"

#include <sys/resource.h>

#include <atomic>
#include <limits>

namespace runnel {

namespace {
/// As the limit itself, it is one for the process. No limit: it was not raised.
std::atomic<rlim_t> before{RLIM_INFINITY};
}  // namespace

std::size_t raise_descriptor_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return std::numeric_limits<std::size_t>::max();
    }
    const rlim_t given = limit.rlim_cur;
    if (given == limit.rlim_max) {
        return given;
    }
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return given;
    }
    before = given;
    return limit.rlim_max;
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
