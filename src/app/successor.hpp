#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace runnel {

/// Becomes the command \a words, found along PATH (execvp): with our standard descriptors and
/// environment, and with signals as they are by default. Returns only when that fails: with
/// ErrorClass::Sink and errno.
[[nodiscard]] Error become(const std::vector<std::string>& words);

}  // namespace runnel
