#pragma once

namespace runnel::detail {
[[noreturn]] void ensure_failed(const char* condition, const char* message, const char* file,
                                int line) noexcept;
}  // namespace runnel::detail

/// Prints \a message and the place in the source to stderr and aborts if \a condition is false. For
/// invariants that only a bug can break. Enabled in every build, because a wrong result is worse
/// than the cost of the comparison.
#define RUNNEL_ENSURE(condition, message) \
    ((condition) ? static_cast<void>(0)   \
                 : ::runnel::detail::ensure_failed(#condition, message, __FILE__, __LINE__))
