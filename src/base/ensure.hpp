#pragma once

namespace runnel::detail {
[[noreturn]] void ensure_failed(const char* condition, const char* message, const char* file,
                                int line) noexcept;
}  // namespace runnel::detail

/// Stops the program, naming the place, when an invariant that only a bug can break is broken.
/// On in every build: a wrong answer costs a user more than the comparison does.
#define RUNNEL_ENSURE(condition, message) \
    ((condition) ? static_cast<void>(0)   \
                 : ::runnel::detail::ensure_failed(#condition, message, __FILE__, __LINE__))
