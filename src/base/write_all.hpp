#pragma once

#include <string_view>

namespace runnel {

/// Writes all of \a bytes to \a descriptor, which must be in blocking mode. Returns 0 or the errno
/// of the failed write.
[[nodiscard]] int write_all(int descriptor, std::string_view bytes) noexcept;

}  // namespace runnel
