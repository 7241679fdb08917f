#pragma once

#include <string_view>

#include "base/error.hpp"

namespace runnel {

/// Stops the program when a libuv call failed that can fail only through a bug or for want of
/// memory.
void require_uv(int status, const char* call);

/// The Error for a call that failed with \a status, a negative errno as libuv gives it. The message
/// begins with \a what; the code is the errno.
[[nodiscard]] Error uv_failure(ErrorClass error_class, std::string_view what, int status);

}  // namespace runnel
