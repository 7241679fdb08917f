#pragma once

#include "base/error.hpp"

namespace runnel::http {

/// Makes the failure of a request for which the system lacks resources, such as descriptors. Such a
/// failure does not show that the host is down. \a code is the errno.
[[nodiscard]] Error shortage(int code);

/// Whether \a error was made by shortage().
[[nodiscard]] bool is_shortage(const Error& error) noexcept;

}  // namespace runnel::http
