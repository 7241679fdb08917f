#pragma once

namespace runnel {

/// Whether text is colored. Auto: on a terminal, unless NO_COLOR is set (https://no-color.org) or
/// TERM is `dumb`.
enum class Color { Auto, Always, Never };

/// Returns whether text is to be colored on \a descriptor.
[[nodiscard]] bool is_colored(Color color, int descriptor);

}  // namespace runnel
