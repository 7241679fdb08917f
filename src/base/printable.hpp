#pragma once

#include <string>
#include <string_view>

namespace runnel {

/// Returns \a text with control characters and invalid UTF-8 written as `\xNN`, so that text from
/// servers and files cannot control the terminal.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace runnel
