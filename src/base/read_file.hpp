#pragma once

#include <string>

#include "base/result.hpp"

namespace runnel {

/// All bytes of the file \a path, or of standard input if it is `-`. Blocks. A failure is
/// ErrorClass::BadInput with errno and says `cannot read PATH: why`.
[[nodiscard]] Result<std::string> read_file(const std::string& path);

}  // namespace runnel
