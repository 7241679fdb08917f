#include "app/console/memory_failure.hpp"

#include <unistd.h>

#include <atomic>
#include <new>
#include <string_view>

#include "app/console/exit_status.hpp"

namespace runnel {

namespace {

constexpr std::string_view kOutOfMemory =
    "runnel: out of memory: the system refused an allocation; fewer requests at a time (-j) and "
    "lower limits (--max-body, --order-buffer) need less\n";

/// Must not allocate.
void end_process() {
    static std::atomic_flag ending;
    if (!ending.test_and_set()) {
        const ssize_t ignored = ::write(STDERR_FILENO, kOutOfMemory.data(), kOutOfMemory.size());
        static_cast<void>(ignored);
        _exit(static_cast<int>(ExitStatus::Internal));
    }
    for (;;) {
        pause();  // another thread ends the process
    }
}

}  // namespace

void end_on_memory_failure() noexcept { std::set_new_handler(&end_process); }

}  // namespace runnel
