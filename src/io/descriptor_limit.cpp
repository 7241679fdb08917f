#include "io/descriptor_limit.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>

#include "io/system_calls.hpp"

namespace runnel {

namespace {

/// Descriptors reserved for everything except connections.
constexpr std::size_t kOtherDescriptors = 32;

/// The soft limit before it was raised; RLIM_INFINITY if it was not. Global, because the limit
/// applies to the whole process.
std::atomic<rlim_t> original_limit{RLIM_INFINITY};

/// Raises the limit and returns the one in force.
rlim_t raise_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return RLIM_INFINITY;
    }
    const rlim_t original = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (original == limit.rlim_max || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return original;
    }
    original_limit = original;
    return limit.rlim_max;
}

}  // namespace

std::size_t raise_descriptor_limit() {
    const std::size_t limit = raise_limit();
    return limit - std::min(system_calls::count_open_descriptors(), limit);
}

std::size_t connection_limit() {
    const std::size_t usable = raise_descriptor_limit();
    return usable > kOtherDescriptors ? usable - kOtherDescriptors : 1;
}

void restore_descriptor_limit(pid_t process) noexcept {
    const rlim_t original = original_limit;
    if (original != RLIM_INFINITY) {
        system_calls::limit_descriptors(process, original);
    }
}

}  // namespace runnel
