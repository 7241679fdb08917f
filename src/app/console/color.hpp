#pragma once

namespace runnel {

/// Whether what people read is colored. Auto: on a terminal, unless NO_COLOR is set
/// (https://no-color.org) or the terminal is a dumb one.
enum class Color { Auto, Always, Never };

/// What that means for \a descriptor.
[[nodiscard]] bool is_colored(Color color, int descriptor);

}  // namespace runnel
