#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// Why become() would fail, as far as one can tell: the command of \a words is not there, or may
/// not be executed. Fails as that does.
[[nodiscard]] Result<void> find_successor(const std::vector<std::string>& words);

/// Becomes the command \a words, found along PATH (execvp): with our standard descriptors and
/// environment, and with signals as they are by default. Returns only when that fails: with
/// ErrorClass::Sink and errno.
[[nodiscard]] Error become(const std::vector<std::string>& words);

}  // namespace runnel
