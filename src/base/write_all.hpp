#pragma once

#include <string_view>

namespace runnel {

/// Writes all of \a bytes to \a descriptor, which blocks. Gives 0, or the errno that stopped it.
[[nodiscard]] int write_all(int descriptor, std::string_view bytes) noexcept;

}  // namespace runnel
