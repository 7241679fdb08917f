#include "base/ensure.hpp"

#include <cstdio>
#include <cstdlib>

namespace runnel::detail {

void ensure_failed(const char* condition, const char* message, const char* file,
                   int line) noexcept {
    std::fprintf(stderr, "runnel: bug: %s (%s) at %s:%d; please report it\n", message, condition,
                 file, line);
    std::abort();
}

}  // namespace runnel::detail
