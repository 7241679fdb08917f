#include "app/descriptors.hpp"

#include <sys/resource.h>

#include <limits>

namespace runnel {

namespace {
/// Descriptors for everything that is no connection.
constexpr std::size_t kOtherDescriptors = 32;
}  // namespace

std::size_t room_for_connections() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return std::numeric_limits<std::size_t>::max();
    }
    const rlim_t given = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    const bool raised = setrlimit(RLIMIT_NOFILE, &limit) == 0;
    const rlim_t usable = raised ? limit.rlim_max : given;
    return usable > kOtherDescriptors ? usable - kOtherDescriptors : 1;
}

}  // namespace runnel
