#pragma once

#include <string>
#include <string_view>

namespace runnel {

/// The beginning of a value, for messages: enough to see what it is.
[[nodiscard]] inline std::string shortened(std::string_view value) {
    constexpr std::size_t kMost = 60;
    std::string shown(value.substr(0, kMost));
    return value.size() <= kMost ? shown : shown + "...";
}

}  // namespace runnel
