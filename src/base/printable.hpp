#pragma once

#include <string>
#include <string_view>

namespace runnel {

/// \a text with control characters, and bytes that are no UTF-8, written as `\xNN`, so that what a
/// server or a file says cannot steer the terminal that shows it.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace runnel
