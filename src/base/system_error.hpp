#pragma once

#include <string>

#include "base/error.hpp"

namespace runnel {

/// Returns the system's description of \a code, an errno.
[[nodiscard]] std::string system_message(int code);

/// Returns the Error for a system call that failed with \a code, an errno. The message is \a what,
/// a colon and the system's description; or only the description if \a what is empty.
[[nodiscard]] Error system_error(ErrorClass error_class, std::string what, int code);

/// Whether \a code, an errno, means that the system lacks descriptors or memory at the moment.
[[nodiscard]] bool is_lack_of_resources(int code) noexcept;

}  // namespace runnel
